#include "quantize/twin_run.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/make_each.h"
#include "passes/edit.h"
#include "passes/linear_layer.h"
#include "quantize/node_alone.h"

namespace goldcrest::quantize {
namespace {

using graph::ValueId;

constexpr size_t kForever = std::numeric_limits<size_t>::max();

size_t ElementsOf(const graph::Value& value) {
  return static_cast<size_t>(tensor::ElementCount(value.shape).value_or(0));
}

graph::Activation ActivationOf(const graph::Node& node) {
  graph::Op op = node.op;
  const graph::Activation* activation = passes::FusedActivation(op);
  return activation == nullptr ? graph::Activation::kNone : *activation;
}

// The activation of all elements.
void Activate(graph::Activation activation, std::span<float> elements) {
  if (activation == graph::Activation::kNone) return;
  const float most =
      activation == graph::Activation::kRelu6 ? 6.0F : std::numeric_limits<float>::infinity();
  for (float& x : elements) x = std::min(std::max(x, 0.0F), most);
}

// Adds to each channel of a number of positions.
void AddToChannels(std::span<const float> shift, std::span<float> elements) {
  for (size_t first = 0; first + shift.size() <= elements.size(); first += shift.size()) {
    float* position = elements.data() + first;
    for (size_t c = 0; c < shift.size(); ++c) position[c] += shift[c];
  }
}

}  // namespace

Result<TwinRun> TwinRun::Create(const graph::Graph& graph, const Plan& plan,
                                const Environment& environment, const Limits& limits) {
  TwinRun run;
  run.graph_ = &graph;
  run.plan_ = &plan;
  run.homes_ = plan.Homes(graph);
  run.environment_ = environment;
  run.limits_ = limits;
  run.runners_.resize(graph.nodes.size());
  run.buffers_.resize(static_cast<size_t>(environment.pool->threads()));
  run.last_use_.assign(graph.values.size(), 0);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (ValueId id : graph.nodes[i].inputs) run.last_use_[static_cast<size_t>(id)] = i;
  }
  for (ValueId id : graph.outputs) run.last_use_[static_cast<size_t>(id)] = kForever;
  // What is alive while a node runs: made before or by it, and read by it or later.
  std::vector<size_t> made(graph.values.size(), 0);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    made[static_cast<size_t>(graph.nodes[i].output)] = i;
  }
  run.live_bytes_.assign(graph.nodes.size(), 0);
  for (size_t id = 0; id < graph.values.size(); ++id) {
    if (!IsActivation(graph.values[id])) continue;
    const size_t last = std::min(run.last_use_[id], graph.nodes.size() - 1);
    for (size_t i = made[id]; i <= last; ++i) {
      run.live_bytes_[i] += 2 * sizeof(float) * ElementsOf(graph.values[id]);
    }
  }
  return run;
}

// The most that one sample takes from node `index` on.
size_t TwinRun::BytesFrom(size_t index) const {
  return *std::max_element(live_bytes_.begin() + static_cast<ptrdiff_t>(index), live_bytes_.end());
}

int64_t TwinRun::SamplesTaken() const {
  return std::min(limits_.samples, environment_.samples->count());
}

template <class Body>
void TwinRun::ForEachSample(size_t first, const Body& body) {
  const auto lanes = static_cast<size_t>(environment_.pool->threads());
  environment_.pool->ForEach(static_cast<int64_t>(lanes), [&](int64_t chunk) noexcept {
    const auto lane = static_cast<size_t>(chunk);
    for (size_t i = first; i < samples_.size(); ++i) {
      if (i % lanes == lane) body(samples_[i], lane);
    }
  });
}

Status TwinRun::Arrive(size_t index) {
  const int64_t count = environment_.samples->count();
  const int64_t taken = SamplesTaken();
  const auto all = static_cast<size_t>(taken);
  const size_t room = std::max<size_t>(1, limits_.bytes / std::max<size_t>(1, BytesFrom(index)));
  const size_t first = samples_.size();
  while (samples_.size() < std::min(room, all)) {
    Sample sample{.index = joined_++ * count / taken,
                  .values = std::vector<Pair>(graph_->values.size())};
    Pair& input = sample.values[static_cast<size_t>(graph_->inputs[0])];
    const graph::Value& value = graph_->value(graph_->inputs[0]);
    FloatBuffers& buffers = buffers_[samples_.size() % buffers_.size()];
    input.real = buffers.Take(ElementsOf(value));
    input.twin = buffers.Take(ElementsOf(value));
    GOLDCREST_RETURN_IF_ERROR(environment_.samples->Read(
        sample.index, {value.dtype, value.shape, std::as_writable_bytes(input.real)}));
    std::ranges::copy(input.real, input.twin.begin());
    RoundAtHome(graph_->inputs[0], input.twin);
    samples_.push_back(std::move(sample));
  }
  ForEachSample(first, [&](Sample& sample, size_t lane) {
    for (size_t i = 0; i < index; ++i) RunThrough(i, sample, lane);
  });
  return Prepare(index);
}

Result<TwinRun::Runner> TwinRun::MakeRunner(size_t index, const std::vector<float>* weights,
                                            const std::vector<float>* bias) const {
  return base::MakeEach(*environment_.pool, environment_.pool->threads(), [&](int64_t) {
    return MakeNodeAlone(*graph_, index,
                         {.without_activation = true, .weights = weights, .bias = bias},
                         *environment_.backend, {.edges_outside = true});
  });
}

Status TwinRun::Prepare(size_t index) {
  const graph::Node& node = graph_->nodes[index];
  if (graph_->value(node.output).dtype != tensor::DType::kFloat32) return {};
  GOLDCREST_TRY(runners_[index].real, MakeRunner(index, nullptr, nullptr));
  return {};
}

void TwinRun::RoundAtHome(ValueId id, std::span<float> elements) const noexcept {
  const IntegerPart* home = homes_[static_cast<size_t>(id)];
  if (home != nullptr) RoundToGrid(home->ParametersOf(id), home->dtype(), elements);
}

void TwinRun::Execute(runtime::Executor& executor, size_t index, Sample& sample,
                      FloatBuffers& buffers, bool twin) const noexcept {
  const graph::Node& node = graph_->nodes[index];
  const IntegerPart* part = plan_->PartOf(index);
  std::vector<std::span<float>> brought;
  size_t next = 0;
  for (ValueId id : node.inputs) {
    if (!IsActivation(graph_->value(id))) continue;
    const Pair& pair = sample.values[static_cast<size_t>(id)];
    std::span<const float> input = twin ? pair.twin : pair.real;
    // What was made by integers of another type is brought to those of this.
    if (twin && part != nullptr && part != homes_[static_cast<size_t>(id)]) {
      std::span<float> copy = brought.emplace_back(buffers.Take(input.size()));
      std::ranges::copy(input, copy.begin());
      RoundToGrid(part->ParametersOf(id), part->dtype(), copy);
      input = copy;
    }
    executor.BindInput(next++, std::as_bytes(input));
  }
  Pair& made = sample.values[static_cast<size_t>(node.output)];
  std::span<float>& output = twin ? made.twin : made.real;
  output = buffers.Take(ElementsOf(graph_->value(node.output)));
  executor.BindOutput(0, std::as_writable_bytes(output));
  executor.Run();
  for (std::span<float> copy : brought) buffers.Give(copy);
}

void TwinRun::Finish(size_t index, Sample& sample, FloatBuffers& buffers) const noexcept {
  constexpr size_t kBlock = 4096;  // elements that stay in the first cache
  const graph::Node& node = graph_->nodes[index];
  const bool layer = passes::IsLinearLayer(*graph_, node);
  const graph::Activation activation = layer ? ActivationOf(node) : graph::Activation::kNone;
  const std::vector<float>& shift = runners_[index].shift;
  const size_t channels = std::max<size_t>(1, shift.size());
  const size_t block = std::max<size_t>(1, kBlock / channels) * channels;
  Pair& made = sample.values[static_cast<size_t>(node.output)];
  Activate(activation, made.real);
  for (std::span<float> rest = made.twin; !rest.empty();) {
    std::span<float> elements = rest.first(std::min(block, rest.size()));
    if (!shift.empty()) AddToChannels(shift, elements);
    Activate(activation, elements);
    RoundAtHome(node.output, elements);
    rest = rest.subspan(elements.size());
  }
  for (ValueId id : node.inputs) {
    if (last_use_[static_cast<size_t>(id)] != index) continue;
    const Pair done = std::exchange(sample.values[static_cast<size_t>(id)], {});
    buffers.Give(done.real);
    buffers.Give(done.twin);
  }
}

void TwinRun::RunThrough(size_t index, Sample& sample, size_t lane) noexcept {
  Runners& runners = runners_[index];
  if (runners.real.empty()) return;  // computes shapes
  runtime::Executor& twin = runners.twin.empty() ? runners.real[lane] : runners.twin[lane];
  Execute(runners.real[lane], index, sample, buffers_[lane], false);
  Execute(twin, index, sample, buffers_[lane], true);
  Finish(index, sample, buffers_[lane]);
}

void TwinRun::RunReal(size_t index) {
  ForEachSample(0, [&](Sample& sample, size_t lane) {
    Execute(runners_[index].real[lane], index, sample, buffers_[lane], false);
  });
}

Status TwinRun::RunTwin(size_t index, const std::vector<float>& weights,
                        const std::vector<float>& bias) {
  GOLDCREST_TRY(runners_[index].twin, MakeRunner(index, &weights, &bias));
  ForEachSample(0, [&](Sample& sample, size_t lane) {
    Execute(runners_[index].twin[lane], index, sample, buffers_[lane], true);
  });
  return {};
}

void TwinRun::Pass(size_t index) {
  const bool in_steps = !runners_[index].twin.empty();
  ForEachSample(0, [&](Sample& sample, size_t lane) {
    if (in_steps) {
      Finish(index, sample, buffers_[lane]);
    } else {
      RunThrough(index, sample, lane);
    }
  });
  if (joined_ == SamplesTaken()) runners_[index] = {};
}

}  // namespace goldcrest::quantize
