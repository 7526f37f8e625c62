#include "runtime/executor.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <limits>

#include "base/make_each.h"
#include "graph/infer.h"
#include "runtime/memory_planner.h"
#include "runtime/tuning.h"

namespace goldcrest::runtime {
namespace {

// Of a step whose chunks have an order.
constexpr size_t kMostInputs = 4;
constexpr int32_t kForever = std::numeric_limits<int32_t>::max();

// Of all that is computed: known, not empty, and small enough to count. Values that nothing makes
// may be left over from a pass.
Status ExpectUsableShapes(const graph::Graph& graph) {
  auto check = [&](graph::ValueId id) -> Status {
    const graph::Value& value = graph.value(id);
    if (tensor::IsKnown(value.shape)) {
      std::optional<size_t> bytes = tensor::ByteCount(value.dtype, value.shape);
      if (bytes && *bytes > 0) return {};
      return Fail(ErrorCode::kUnsupported, "'", value.name, "' of shape ",
                  tensor::ToString(value.shape), " is ",
                  bytes ? "empty" : "too large for any memory");
    }
    return Fail(ErrorCode::kUnsupported, "the shape of '", value.name, "' is ",
                tensor::ToString(value.shape), "; every dimension must be known to run");
  };
  for (graph::ValueId id : graph.inputs) GOLDCREST_RETURN_IF_ERROR(check(id));
  for (const graph::Node& node : graph.nodes) GOLDCREST_RETURN_IF_ERROR(check(node.output));
  return {};
}

}  // namespace

Result<Executor> Executor::Create(graph::Graph graph, const Backend& backend,
                                  const Options& options) {
  GOLDCREST_RETURN_IF_ERROR(ExpectUsableShapes(graph));
  Executor executor;
  executor.graph_ = std::make_unique<graph::Graph>(std::move(graph));
  executor.options_ = options;
  executor.options_.cache = nullptr;  // neither need outlive this
  executor.options_.tuning = nullptr;
  const graph::Graph& kept = *executor.graph_;
  std::vector<Group> groups = backend.Propose(kept, options);
  base::ThreadPool alone(1);
  base::ThreadPool& pool = options.pool == nullptr ? alone : *options.pool;
  const auto lower = [&](int64_t i) -> Result<Planned> {
    Group& group = groups[static_cast<size_t>(i)];
    auto lowered = Within(graph::Describe(kept, static_cast<size_t>(group.nodes.front())),
                          backend.Lower(kept, group, options));
    GOLDCREST_TRY(Step step, std::move(lowered));
    return Planned{std::move(group), std::move(step), {}, {}, nullptr};
  };
  GOLDCREST_TRY(executor.steps_, base::MakeEach(pool, std::ssize(groups), lower));
  executor.MakeBands(options);
  GOLDCREST_RETURN_IF_ERROR(executor.PlaceValues(options));
  executor.Connect();
  return executor;
}

std::vector<BandStep> Executor::BandSteps() const {
  std::vector<int> readers(graph_->values.size(), 0);
  for (const Planned& planned : steps_) {
    for (graph::ValueId id : planned.group.inputs) ++readers[static_cast<size_t>(id)];
  }
  for (graph::ValueId id : graph_->outputs) ++readers[static_cast<size_t>(id)];
  std::vector<BandStep> band_steps;
  graph::ValueId before = -1;  // what the step before makes
  for (const Planned& planned : steps_) {
    const graph::Value& made = graph_->value(planned.group.outputs[0]);
    BandStep step{.step = &planned.step,
                  .elements = *tensor::ElementCount(made.shape),
                  .element_bytes = static_cast<int64_t>(tensor::SizeOf(made.dtype))};
    const std::vector<graph::ValueId>& inputs = planned.group.inputs;
    GOLDCREST_CHECK(planned.step.progress.empty() || inputs.size() <= kMostInputs);
    for (size_t i = 0; i < inputs.size(); ++i) {
      const graph::Value& value = graph_->value(inputs[i]);
      if (value.constant) step.constant_bytes += value.constant->bytes().size();
      if (inputs[i] != before || readers[static_cast<size_t>(before)] > 1) continue;
      step.follows = true;
      step.chained = i;
    }
    before = planned.group.outputs[0];
    band_steps.push_back(step);
  }
  return band_steps;
}

void Executor::MakeBands(const Options& options) {
  std::vector<BandStep> band_steps = BandSteps();
  const bool alone = options.pool == nullptr || options.pool->threads() == 1;
  const bool wanted = options.tuning == nullptr || options.tuning->bands;
  for (size_t i = 0; i < band_steps.size(); ++i) {
    band_steps[i].follows &= alone && wanted && !options.keep_all_values;
    steps_[i].chained = band_steps[i].chained;
  }
  bands_ = CutIntoBands(band_steps);
}

Status Executor::PlaceValues(const Options& options) {
  const size_t count = graph_->values.size();
  constexpr Lifetime kNowhere{0, kForever, -1};  // first > last: in no memory
  std::vector<Lifetime> lifetimes(count, kNowhere);
  readable_.assign(count, false);
  auto keep = [&](graph::ValueId id) {
    lifetimes[static_cast<size_t>(id)].last = kForever;
    readable_[static_cast<size_t>(id)] = true;
  };
  for (graph::ValueId id : graph_->inputs) {
    lifetimes[static_cast<size_t>(id)].first = -1;
    keep(id);
  }
  // The values of a band live while any of its steps runs.
  std::vector<size_t> line_buffers(count, 0);  // by value
  for (const Band& band : bands_) {
    const auto begin = static_cast<int32_t>(band.first);
    const auto end = static_cast<int32_t>(band.last) - 1;
    for (size_t i = band.first; i < band.last; ++i) {
      const Group& group = steps_[i].group;
      for (graph::ValueId id : group.outputs) {
        Lifetime& lifetime = lifetimes[static_cast<size_t>(id)];
        lifetime.first = begin;
        lifetime.last = std::max(lifetime.last, end);
        if (options.keep_all_values) keep(id);
      }
      for (graph::ValueId id : group.inputs) {
        Lifetime& lifetime = lifetimes[static_cast<size_t>(id)];
        lifetime.last = std::max(lifetime.last, end);
      }
      if (i + 1 < band.last) {
        line_buffers[static_cast<size_t>(group.outputs[0])] =
            band.line_buffer_bytes[i - band.first];
      }
    }
  }
  for (graph::ValueId id : graph_->outputs) keep(id);

  if (options.edges_outside) {
    for (graph::ValueId id : graph_->inputs) lifetimes[static_cast<size_t>(id)] = kNowhere;
    for (graph::ValueId id : graph_->outputs) lifetimes[static_cast<size_t>(id)] = kNowhere;
  }

  std::vector<size_t> placed;
  std::vector<Lifetime> in_arena;
  for (size_t i = 0; i < count; ++i) {
    const graph::Value& value = graph_->values[i];
    if (value.constant) readable_[i] = true;
    if (value.constant || lifetimes[i].first > lifetimes[i].last) continue;
    std::optional<size_t> bytes = tensor::ByteCount(value.dtype, value.shape);
    if (!bytes) return Fail(ErrorCode::kLimit, "'", value.name, "' is too large for any memory");
    lifetimes[i].bytes = line_buffers[i] > 0 ? line_buffers[i] : *bytes;
    placed.push_back(i);
    in_arena.push_back(lifetimes[i]);
  }
  for (size_t i = 0; i < steps_.size(); ++i) {
    const auto now = static_cast<int32_t>(i);
    in_arena.push_back({steps_[i].step.scratch_bytes, now, now});
  }
  std::optional<ArenaPlan> plan = PlanArena(in_arena);
  if (!plan || plan->bytes > static_cast<uint64_t>(options.most_arena_bytes)) {
    return Fail(ErrorCode::kLimit, "the model needs ",
                plan ? base::Bytes(plan->bytes) : "more memory than there can be",
                " for its activations; the limit is ",
                base::Bytes(static_cast<uint64_t>(options.most_arena_bytes)));
  }
  arena_ = base::AlignedBuffer(plan->bytes);
  if (!arena_.ok()) {
    return Fail(ErrorCode::kLimit, "no memory for an arena of ", base::Bytes(plan->bytes));
  }
  locations_.assign(count, nullptr);
  for (size_t i = 0; i < placed.size(); ++i) {
    locations_[placed[i]] = arena_.data() + plan->offsets[i];
  }
  for (size_t i = 0; i < steps_.size(); ++i) {
    steps_[i].scratch = arena_.data() + plan->offsets[placed.size() + i];
  }
  for (size_t i = 0; i < count; ++i) {
    if (graph_->values[i].constant) locations_[i] = graph_->values[i].constant->bytes().data();
  }
  return {};
}

void Executor::Connect() {
  for (Planned& planned : steps_) {
    planned.inputs.clear();
    planned.outputs.clear();
    for (graph::ValueId id : planned.group.inputs) {
      planned.inputs.push_back(locations_[static_cast<size_t>(id)]);
    }
    for (graph::ValueId id : planned.group.outputs) {
      planned.outputs.push_back(const_cast<std::byte*>(locations_[static_cast<size_t>(id)]));
    }
  }
}

void Executor::Bind(graph::ValueId id, std::span<const std::byte> bytes) noexcept {
  const graph::Value& value = graph_->value(id);
  GOLDCREST_CHECK(options_.edges_outside);
  GOLDCREST_CHECK(bytes.size() == tensor::ByteCount(value.dtype, value.shape));
  locations_[static_cast<size_t>(id)] = bytes.data();
  Connect();  // into vectors that have the size already
}

void Executor::BindInput(size_t i, std::span<const std::byte> bytes) noexcept {
  Bind(graph_->inputs[i], bytes);
}

void Executor::BindOutput(size_t i, std::span<std::byte> bytes) noexcept {
  Bind(graph_->outputs[i], bytes);
}

void Executor::RunStep(const Planned& planned) noexcept {
  const Buffers buffers{planned.inputs, planned.outputs, planned.scratch};
  auto run_all = [&](const auto& work) noexcept {
    auto run = [&](int64_t chunk) noexcept { work.run(chunk, buffers); };
    if (options_.pool != nullptr) {
      options_.pool->ForEach(work.chunks, run);
    } else {
      for (int64_t chunk = 0; chunk < work.chunks; ++chunk) run(chunk);
    }
  };
  for (const Preparation& preparation : planned.step.preparations) run_all(preparation);
  run_all(planned.step);
}

void Executor::RunItem(const BandItem& item) noexcept {
  const Planned& planned = steps_[item.step];
  if (item.chunk == BandItem::kCarry) {
    std::byte* const lines = planned.outputs[0];
    std::memmove(lines, lines + item.input, static_cast<size_t>(item.bytes));
    return;
  }
  std::array<const std::byte*, kMostInputs> inputs{};
  std::ranges::copy(planned.inputs, inputs.begin());
  inputs[planned.chained] += item.input;
  std::byte* const output = planned.outputs[0] + item.output;
  planned.step.run(item.chunk,
                   {std::span(inputs).first(planned.inputs.size()), {&output, 1}, planned.scratch});
}

// Calls done(step) after each step, or part of one.
template <class Done>
void Executor::RunAll(const Done& done) noexcept {
  for (const Band& band : bands_) {
    if (band.items.empty()) {
      RunStep(steps_[band.first]);
      done(band.first);
      continue;
    }
    for (const BandItem& item : band.items) {
      RunItem(item);
      done(item.step);
    }
  }
}

void Executor::Run() noexcept {
  RunAll([](size_t) {});
}

void Executor::RunTimed(std::span<int64_t> step_nanoseconds) noexcept {
  using Clock = std::chrono::steady_clock;
  std::ranges::fill(step_nanoseconds, 0);
  Clock::time_point start = Clock::now();
  RunAll([&](size_t step) {
    const Clock::time_point end = Clock::now();
    step_nanoseconds[step] +=
        std::chrono::duration_cast<std::chrono::nanoseconds>(end - start).count();
    start = end;
  });
}

tensor::MutableTensorView Executor::input(size_t i) {
  const graph::ValueId id = graph_->inputs[i];
  const tensor::TensorView view = *value(id);
  return {view.dtype, view.shape, {const_cast<std::byte*>(view.bytes.data()), view.bytes.size()}};
}

tensor::TensorView Executor::output(size_t i) const { return *value(graph_->outputs[i]); }

std::optional<tensor::TensorView> Executor::value(graph::ValueId id) const {
  const graph::Value& value = graph_->value(id);
  const std::byte* location = locations_[static_cast<size_t>(id)];
  std::optional<size_t> bytes = tensor::ByteCount(value.dtype, value.shape);
  bool empty = bytes == size_t{0};
  if (!readable_[static_cast<size_t>(id)] || (location == nullptr && !empty)) return std::nullopt;
  return tensor::TensorView{value.dtype, value.shape, {location, *bytes}};
}

}  // namespace goldcrest::runtime
