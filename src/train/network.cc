#include "train/network.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/random.h"
#include "graph/infer.h"
#include "runtime/memory_planner.h"

namespace goldcrest::train {
namespace {

using graph::ValueId;

int64_t PerPicture(const graph::Value& value) { return LayerContext::PerPicture(value); }

// The activation that alone reads a batch normalization, which does it too.
std::optional<size_t> FusedActivation(const graph::Graph& graph, size_t index,
                                      const std::vector<int32_t>& uses) {
  const graph::Node& node = graph.nodes[index];
  if (!std::holds_alternative<graph::BatchNorm>(node.op)) return std::nullopt;
  if (uses[static_cast<size_t>(node.output)] != 1) return std::nullopt;
  for (size_t i = index + 1; i < graph.nodes.size(); ++i) {
    if (std::ranges::find(graph.nodes[i].inputs, node.output) == graph.nodes[i].inputs.end()) {
      continue;
    }
    if (std::holds_alternative<graph::Activate>(graph.nodes[i].op)) return i;
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

Result<Network> Network::Create(graph::Graph graph, const NetworkOptions& options,
                                base::ThreadPool& pool, base::Isa isa) {
  GOLDCREST_RETURN_IF_ERROR(tensor::ExpectPrecision(isa, options.precision));
  Network network;
  network.options_ = options;
  network.pool_ = &pool;
  tensor::Shape shape = graph.value(graph.inputs[0]).shape;
  shape[0] = options.batch;
  GOLDCREST_RETURN_IF_ERROR(graph::BindInputShapes(graph, std::span(&shape, 1)));
  network.graph_ = std::make_unique<graph::Graph>(std::move(graph));
  GOLDCREST_TRY(network.parameters_, Parameters::Create(*network.graph_, options.learned));
  GOLDCREST_RETURN_IF_ERROR(network.MakeLayers(isa));
  GOLDCREST_RETURN_IF_ERROR(network.PlaceValues());
  return network;
}

Status Network::MakeLayers(base::Isa isa) {
  const graph::Graph& graph = *graph_;
  learns_.assign(graph.values.size(), false);
  for (const Parameter& parameter : parameters_.all()) {
    learns_[static_cast<size_t>(parameter.value)] = parameter.learned;
  }
  learns_[static_cast<size_t>(graph.inputs[0])] = options_.input_gradient;
  const std::vector<int32_t> uses = graph::UseCounts(graph);
  std::vector<bool> fused(graph.nodes.size(), false);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    // What computes shapes is settled by now.
    if (fused[i] || graph.value(node.output).dtype != tensor::DType::kFloat32) continue;
    const std::optional<size_t> activation = FusedActivation(graph, i, uses);
    const bool own = std::ranges::any_of(
        node.inputs, [&](ValueId id) { return Learns(id) && parameters_.Elements(id) != nullptr; });
    LayerContext context{
        .graph = graph,
        .node = node,
        .activation = activation ? std::get<graph::Activate>(graph.nodes[*activation].op).activation
                                 : graph::Activation::kNone,
        .pool = *pool_,
        .isa = isa,
        .precision = options_.precision,
        .seed = base::Mixed(options_.seed, i),
        .batch_statistics = options_.batch_statistics && own,
        .storage = [this](ValueId id) { return parameters_.Elements(id); }};
    Planned planned;
    GOLDCREST_TRY(planned.layer, MakeLayer(context));
    planned.inputs = node.inputs;
    planned.output = activation ? graph.nodes[*activation].output : node.output;
    if (activation) fused[*activation] = true;
    planned.backward = std::ranges::any_of(node.inputs, [&](ValueId id) { return Learns(id); });
    learns_[static_cast<size_t>(planned.output)] = planned.backward;
    if (options_.timed) clocks_.push_back({graph.NameOf(node), graph::NameOf(node.op)});
    layers_.push_back(std::move(planned));
  }
  if (!Learns(graph.outputs[0])) {
    return Fail(ErrorCode::kInvalid, "nothing of the model is to be learned");
  }
  return {};
}

// What has a place in the arena, by slot: values, then their gradients, then gradients that wait to
// be added. Layer l runs forward in step l and back in step 2 · layers − l, the loss between them.
struct Network::Slots {
  // The gradient of a layer's input, where another reader of it has written one before.
  struct Waiting {
    size_t layer, input, slot;
  };

  const graph::Graph& graph;
  const int64_t batch;
  const int32_t layers;
  std::vector<runtime::Lifetime> lifetimes =
      std::vector<runtime::Lifetime>(2 * graph.values.size());
  std::vector<Waiting> waiting;
  std::vector<float*> places;  // once all is placed

  size_t OfValue(ValueId id) const { return static_cast<size_t>(id); }
  size_t OfGradient(ValueId id) const { return graph.values.size() + OfValue(id); }
  int32_t StepBack(size_t layer) const { return 2 * layers - static_cast<int32_t>(layer); }
  size_t Bytes(ValueId id) const {
    const graph::Value& value = graph.value(id);
    if (value.constant) return value.constant->bytes().size();
    return static_cast<size_t>(PerPicture(value) * batch) * sizeof(float);
  }

  void LetValueLive(ValueId id, int32_t step) { LetLive(OfValue(id), Bytes(id), step); }
  void LetGradientLive(ValueId id, int32_t step) { LetLive(OfGradient(id), Bytes(id), step); }
  void LetLive(size_t slot, size_t bytes, int32_t step) {
    runtime::Lifetime& life = lifetimes[slot];
    if (life.bytes == 0) life = {bytes, step, step};
    life.first = std::min(life.first, step);
    life.last = std::max(life.last, step);
  }
};

Status Network::PlaceValues() {
  Slots slots{
      .graph = *graph_, .batch = options_.batch, .layers = static_cast<int32_t>(layers_.size())};
  LetValuesLive(slots);
  LetGradientsLive(slots);
  const std::optional<runtime::ArenaPlan> plan = runtime::PlanArena(slots.lifetimes);
  if (plan) arena_ = base::AlignedBuffer(plan->bytes);
  if (!plan || !arena_.ok()) {
    return Fail(ErrorCode::kLimit, "no memory for a batch of ", options_.batch,
                " pictures; choose a smaller one with --batch");
  }
  for (size_t offset : plan->offsets) {
    slots.places.push_back(reinterpret_cast<float*>(arena_.data() + offset));
  }
  PointLayersAt(slots);
  AddWhatWaits(slots);
  const ValueId input = graph_->inputs[0];
  const ValueId output = graph_->outputs[0];
  input_at_ = slots.places[slots.OfValue(input)];
  output_at_ = slots.places[slots.OfValue(output)];
  output_gradient_at_ = slots.places[slots.OfGradient(output)];
  if (Learns(input)) input_gradient_at_ = slots.places[slots.OfGradient(input)];
  return {};
}

void Network::LetValuesLive(Slots& slots) const {
  slots.LetValueLive(graph_->inputs[0], -1);
  slots.LetValueLive(graph_->outputs[0], slots.layers);
  for (size_t l = 0; l < layers_.size(); ++l) {
    const Planned& planned = layers_[l];
    const auto step = static_cast<int32_t>(l);
    for (ValueId id : planned.inputs) {
      if (graph_->value(id).constant) continue;
      slots.LetValueLive(id, step);
      const bool again = planned.backward && planned.layer->needs_inputs();
      if (again) slots.LetValueLive(id, slots.StepBack(l));
    }
    slots.LetValueLive(planned.output, step);
    const bool again = planned.backward && planned.layer->needs_output();
    if (again) slots.LetValueLive(planned.output, slots.StepBack(l));
  }
}

void Network::LetGradientsLive(Slots& slots) const {
  const ValueId input = graph_->inputs[0];
  const ValueId output = graph_->outputs[0];
  // The gradient of a value is written first by the last of its readers.
  std::vector<bool> written(graph_->values.size(), false);
  slots.LetGradientLive(output, slots.layers);
  written[slots.OfValue(output)] = true;
  for (size_t l = layers_.size(); l-- > 0;) {
    const Planned& planned = layers_[l];
    if (!planned.backward) continue;
    const int32_t step = slots.StepBack(l);
    slots.LetGradientLive(planned.output, step);
    for (size_t i = 0; i < planned.inputs.size(); ++i) {
      const ValueId id = planned.inputs[i];
      if (!Learns(id)) continue;
      if (!graph_->value(id).constant) slots.LetGradientLive(id, step);
      if (written[slots.OfValue(id)]) {
        slots.waiting.push_back({l, i, slots.lifetimes.size()});
        slots.lifetimes.push_back({slots.Bytes(id), step, step});
      }
      written[slots.OfValue(id)] = true;
    }
  }
  if (Learns(input)) slots.LetGradientLive(input, 2 * slots.layers + 1);
}

void Network::PointLayersAt(const Slots& slots) {
  for (Planned& planned : layers_) {
    planned.output_at = slots.places[slots.OfValue(planned.output)];
    planned.output_gradient_at = slots.places[slots.OfGradient(planned.output)];
    planned.gradient_at.assign(planned.inputs.size(), nullptr);
    for (size_t i = 0; i < planned.inputs.size(); ++i) {
      const ValueId id = planned.inputs[i];
      const float* constant = parameters_.Elements(id);
      planned.input_at.push_back(constant != nullptr ? constant : slots.places[slots.OfValue(id)]);
      if (!planned.backward || !Learns(id)) continue;
      planned.gradient_at[i] =
          constant != nullptr ? parameters_.Gradient(id) : slots.places[slots.OfGradient(id)];
    }
  }
}

void Network::AddWhatWaits(const Slots& slots) {
  for (const Slots::Waiting& wait : slots.waiting) {
    Planned& planned = layers_[wait.layer];
    const graph::Value& value = graph_->value(planned.inputs[wait.input]);
    float* from = slots.places[wait.slot];
    float* to = std::exchange(planned.gradient_at[wait.input], from);
    const int64_t fixed =
        value.constant ? static_cast<int64_t>(value.constant->As<float>().size()) : 0;
    planned.additions.push_back({from, to, value.constant ? 0 : PerPicture(value), fixed});
  }
}

int64_t Network::input_elements() const { return PerPicture(graph_->value(graph_->inputs[0])); }
int64_t Network::output_elements() const { return PerPicture(graph_->value(graph_->outputs[0])); }

std::span<float> Network::input() {
  return {input_at_, static_cast<size_t>(options_.batch * input_elements())};
}
std::span<const float> Network::output() const {
  return {output_at_, static_cast<size_t>(options_.batch * output_elements())};
}
std::span<float> Network::output_gradient() {
  return {output_gradient_at_, static_cast<size_t>(options_.batch * output_elements())};
}
std::span<const float> Network::input_gradient() const {
  return {input_gradient_at_, static_cast<size_t>(options_.batch * input_elements())};
}

namespace {

// Keeps the least of what `run` takes in `nanoseconds`, where there is such a place.
template <class Run>
void Timed(int64_t* nanoseconds, const Run& run) {
  if (nanoseconds == nullptr) return run();
  const auto start = std::chrono::steady_clock::now();
  run();
  const std::chrono::nanoseconds taken = std::chrono::steady_clock::now() - start;
  const int64_t before = *nanoseconds;
  *nanoseconds = before == 0 ? taken.count() : std::min<int64_t>(before, taken.count());
}

}  // namespace

void Network::Forward(int64_t batch, bool training, uint64_t step) noexcept {
  current_ = batch;
  training_ = training;
  step_ = step;
  for (size_t l = 0; l < layers_.size(); ++l) {
    Planned& planned = layers_[l];
    Timed(clocks_.empty() ? nullptr : &clocks_[l].forward_ns, [&] {
      planned.layer->Forward({.batch = batch,
                              .training = training,
                              .step = step,
                              .inputs = planned.input_at,
                              .output = planned.output_at});
    });
  }
}

void Network::Backward() noexcept {
  for (size_t l = layers_.size(); l-- > 0;) {
    Planned& planned = layers_[l];
    if (!planned.backward) continue;
    Timed(clocks_.empty() ? nullptr : &clocks_[l].backward_ns, [&] {
      planned.layer->Backward({.batch = current_,
                               .training = training_,
                               .step = step_,
                               .inputs = planned.input_at,
                               .output = planned.output_at,
                               .input_gradients = planned.gradient_at,
                               .output_gradient = planned.output_gradient_at});
    });
    for (const Addition& addition : planned.additions) {
      const int64_t count = current_ * addition.per_picture + addition.fixed;
      InParts(*pool_, count, 1, [&](int64_t first, int64_t last) noexcept {
        for (int64_t i = first; i < last; ++i) addition.to[i] += addition.from[i];
      });
    }
  }
}

}  // namespace goldcrest::train
