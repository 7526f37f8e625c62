#include "runtime/executor.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <limits>

#include "base/make_each.h"
#include "graph/infer.h"
#include "runtime/memory_planner.h"

namespace goldcrest::runtime {
namespace {

// Of a step in a band.
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
  executor.options_.cache = nullptr;  // which need not outlive this
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
  executor.MakeSchedule();
  GOLDCREST_RETURN_IF_ERROR(executor.PlaceValues(options));
  executor.Connect();
  return executor;
}

void Executor::MakeSchedule() {
  std::vector<int> readers(graph_->values.size(), 0);
  for (const Planned& planned : steps_) {
    for (graph::ValueId id : planned.group.inputs) ++readers[static_cast<size_t>(id)];
  }
  for (graph::ValueId id : graph_->outputs) ++readers[static_cast<size_t>(id)];
  std::vector<ScheduledStep> scheduled;
  graph::ValueId before = -1;  // what the step before makes
  for (Planned& planned : steps_) {
    const graph::Value& made = graph_->value(planned.group.outputs[0]);
    ScheduledStep step{.step = &planned.step,
                       .elements = *tensor::ElementCount(made.shape),
                       .element_bytes = static_cast<int64_t>(tensor::SizeOf(made.dtype))};
    const std::vector<graph::ValueId>& inputs = planned.group.inputs;
    for (size_t i = 0; i < inputs.size(); ++i) {
      const graph::Value& value = graph_->value(inputs[i]);
      if (value.constant) step.constant_bytes += value.constant->bytes().size();
      if (inputs[i] != before || readers[static_cast<size_t>(before)] > 1) continue;
      step.follows = inputs.size() <= kMostInputs;
      planned.chained = i;
    }
    before = options_.keep_all_values ? -1 : planned.group.outputs[0];
    scheduled.push_back(step);
  }
  const int threads = options_.pool != nullptr ? options_.pool->threads() : 1;
  schedule_ = runtime::MakeSchedule(scheduled, threads);
  if (threads > 1) completion_ = std::make_unique<Completion>(schedule_.items.size());
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
  for (const Band& band : schedule_.bands) {
    for (int32_t i = band.first; i < band.last; ++i) {
      const Group& group = steps_[static_cast<size_t>(i)].group;
      for (graph::ValueId id : group.outputs) {
        Lifetime& lifetime = lifetimes[static_cast<size_t>(id)];
        lifetime.first = band.first;
        lifetime.last = std::max(lifetime.last, band.last - 1);
        if (options.keep_all_values) keep(id);
      }
      for (graph::ValueId id : group.inputs) {
        Lifetime& lifetime = lifetimes[static_cast<size_t>(id)];
        lifetime.last = std::max(lifetime.last, band.last - 1);
      }
    }
  }
  for (graph::ValueId id : graph_->outputs) keep(id);

  if (options.edges_outside) {
    for (graph::ValueId id : graph_->inputs) lifetimes[static_cast<size_t>(id)] = kNowhere;
    for (graph::ValueId id : graph_->outputs) lifetimes[static_cast<size_t>(id)] = kNowhere;
  }

  std::vector<size_t> line_buffers(count, 0);  // by value
  for (size_t i = 0; i < steps_.size(); ++i) {
    line_buffers[static_cast<size_t>(steps_[i].group.outputs[0])] = schedule_.line_buffer_bytes[i];
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

void Executor::ComputeChunk(const Item& item) noexcept {
  const Planned& planned = steps_[static_cast<size_t>(item.first_step)];
  const auto work = static_cast<size_t>(item.work);
  const std::vector<Preparation>& preparations = planned.step.preparations;
  const RunChunk& run = work < preparations.size() ? preparations[work].run : planned.step.run;
  if (item.input == 0 && item.output == 0) {
    return run(item.chunk, {planned.inputs, planned.outputs, planned.scratch});
  }
  std::array<const std::byte*, kMostInputs> inputs{};
  std::ranges::copy(planned.inputs, inputs.begin());
  inputs[planned.chained] += item.input;
  std::byte* const output = planned.outputs[0] + item.output;
  run(item.chunk, {std::span(inputs).first(planned.inputs.size()), {&output, 1}, planned.scratch});
}

// `timed(step, run)` runs a part of a step.
template <class Timed>
void Executor::RunItem(const Item& item, const Timed& timed) noexcept {
  switch (item.kind) {
    case Item::Kind::kChunk:
      return timed(item.first_step, [&] { ComputeChunk(item); });
    case Item::Kind::kSteps:
      for (Item one{Item::Kind::kChunk, item.first_step}; one.first_step < item.last_step;
           ++one.first_step) {
        timed(one.first_step, [&] { ComputeChunk(one); });
      }
      return;
    case Item::Kind::kCarry: {
      std::byte* const lines = steps_[static_cast<size_t>(item.first_step)].outputs[0];
      return timed(item.first_step, [&] {
        std::memmove(lines + item.output, lines + item.input, static_cast<size_t>(item.chunk));
      });
    }
  }
}

template <class Timed>
void Executor::RunItems(const Timed& timed) noexcept {
  if (completion_ == nullptr) {
    for (const Item& item : schedule_.items) RunItem(item, timed);
    return;
  }
  completion_->Begin();
  options_.pool->ForEach(static_cast<int64_t>(schedule_.items.size()), [&](int64_t i) noexcept {
    const Item& item = schedule_.items[static_cast<size_t>(i)];
    completion_->Wait(item.after);
    RunItem(item, timed);
    completion_->Finish(static_cast<uint32_t>(i));
  });
}

void Executor::Run() noexcept {
  RunItems([](int32_t, const auto& run) noexcept { run(); });
}

void Executor::RunTimed(std::span<int64_t> step_nanoseconds) noexcept {
  using Clock = std::chrono::steady_clock;
  std::ranges::fill(step_nanoseconds, 0);
  RunItems([&](int32_t step, const auto& run) noexcept {
    const Clock::time_point start = Clock::now();
    run();
    const auto took = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start);
    std::atomic_ref(step_nanoseconds[static_cast<size_t>(step)])
        .fetch_add(took.count(), std::memory_order_relaxed);
  });
  const int threads = options_.pool != nullptr ? options_.pool->threads() : 1;
  for (int64_t& nanoseconds : step_nanoseconds) nanoseconds /= threads;
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
