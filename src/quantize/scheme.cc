#include "quantize/scheme.h"

#include <numeric>

#include "graph/infer.h"
#include "passes/linear_layer.h"

namespace goldcrest::quantize {
namespace {

using tensor::DType;

template <class... Ops>
bool IsOneOf(const graph::Op& op) {
  return (std::holds_alternative<Ops>(op) || ...);
}

// Operators that move elements, or pick and average them, keep the parameters of what they read.
bool KeepsParameters(const graph::Op& op) {
  return IsOneOf<graph::Reshape, graph::Pad, graph::MaxPool2D, graph::AveragePool2D,
                 graph::Concatenation, graph::Transpose, graph::StridedSlice, graph::SpaceToDepth,
                 graph::DepthToSpace, graph::SpaceToBatch, graph::BatchToSpace,
                 graph::ResizeBilinear, graph::ResizeNearest, graph::Maximum, graph::Minimum,
                 graph::Reduce>(op);
}

// Results in [0, 1) and [-1, 1), whose parameters the specification states.
std::optional<tensor::Quantization> FixedParameters(const graph::Op& op, DType dtype) {
  const bool wide = dtype == DType::kInt16;
  const tensor::IntegerLimits limits = *tensor::LimitsOf(dtype);
  if (IsOneOf<graph::Softmax, graph::Logistic>(op)) {
    return tensor::Quantization{{wide ? 1.0F / 32768 : 1.0F / 256}, {wide ? 0 : limits.low}};
  }
  if (IsOneOf<graph::Tanh, graph::L2Normalize>(op)) {
    return tensor::Quantization{{wide ? 1.0F / 32768 : 1.0F / 128}, {wide ? 0 : limits.low + 128}};
  }
  return std::nullopt;
}

// Values joined step by step; the representative is the lowest.
class Sets {
 public:
  explicit Sets(size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), 0); }

  int32_t Find(int32_t id) {
    while (parent_[static_cast<size_t>(id)] != id) id = parent_[static_cast<size_t>(id)];
    return id;
  }
  void Join(int32_t a, int32_t b) {
    a = Find(a);
    b = Find(b);
    parent_[static_cast<size_t>(std::max(a, b))] = std::min(a, b);
  }

 private:
  std::vector<int32_t> parent_;
};

// What a node reads as activations: all but weights, bias, a shape and a range.
std::span<const graph::ValueId> ActivationInputs(const graph::Node& node) {
  const bool first_only = IsLayer(node.op) || IsOneOf<graph::Reshape, graph::FakeQuant>(node.op);
  return std::span(node.inputs).first(first_only ? 1 : node.inputs.size());
}

}  // namespace

bool IsLayer(const graph::Op& op) {
  return IsOneOf<graph::Conv2D, graph::DepthwiseConv2D, graph::FullyConnected>(op);
}

bool HasIntegerForm(const graph::Graph& graph, const graph::Node& node, DType dtype) {
  if (IsLayer(node.op)) return passes::IsLinearLayer(graph, node);
  if (IsOneOf<graph::BatchNorm, graph::Dropout, graph::TrainingOnly, graph::Quantize,
              graph::Dequantize, graph::ConvTranspose2D, graph::Math, graph::Div, graph::ArgMax,
              graph::Cast, graph::DetectionPostProcess>(node.op)) {
    return false;
  }
  if (const auto* reduce = std::get_if<graph::Reduce>(&node.op)) {
    const bool picks = reduce->reduction == graph::Reduction::kLargest ||
                       reduce->reduction == graph::Reduction::kSmallest;
    if (!picks) return false;
  }
  if (dtype != DType::kInt16) return true;
  return !IsOneOf<graph::HardSwish, graph::Prelu, graph::L2Normalize, graph::SpaceToDepth,
                  graph::DepthToSpace, graph::SpaceToBatch, graph::BatchToSpace, graph::Reduce>(
      node.op);
}

std::optional<tensor::Quantization> PrescribedParameters(const graph::Graph& graph,
                                                         graph::ValueId id, DType dtype) {
  const std::vector<int32_t> producers = graph::Producers(graph);
  for (int32_t node = producers[static_cast<size_t>(id)]; node >= 0;
       node = producers[static_cast<size_t>(id)]) {
    const graph::Node& producer = graph.nodes[static_cast<size_t>(node)];
    const auto fixed = FixedParameters(producer.op, dtype);
    if (fixed || !KeepsParameters(producer.op) || ActivationInputs(producer).size() != 1)
      return fixed;
    id = producer.inputs[0];
  }
  return std::nullopt;
}

bool IsShapeComputation(const graph::Graph& graph, const graph::Node& node) {
  return IsOneOf<graph::ShapeOf, graph::StridedSlice, graph::Pack>(node.op) &&
         graph.value(node.output).dtype == DType::kInt32;
}

std::vector<DType> NodeTypes(const graph::Graph& graph, DType dtype, const KeptLayers& kept) {
  const std::vector<int32_t> producers = graph::Producers(graph);
  std::vector<DType> types(graph.nodes.size(), dtype);
  for (size_t i = 0; i < types.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    if (const auto found = kept.find(i); found != kept.end()) types[i] = found->second;
    if (IsLayer(node.op)) continue;
    for (graph::ValueId id : ActivationInputs(node)) {
      const int32_t producer = producers[static_cast<size_t>(id)];
      if (producer < 0 || graph.value(id).dtype != DType::kFloat32) continue;
      const DType made_in = types[static_cast<size_t>(producer)];
      if (tensor::SizeOf(made_in) > tensor::SizeOf(types[i])) types[i] = made_in;
    }
  }
  return types;
}

Scheme MakeScheme(const graph::Graph& graph, DType dtype, const std::vector<bool>& wanted,
                  std::vector<std::string>& notes) {
  Scheme scheme{.dtype = dtype, .integer = std::vector<bool>(graph.nodes.size(), false)};
  const size_t count = graph.values.size();
  std::vector<bool> quantized(count, false);
  std::vector<std::optional<tensor::Quantization>> fixed(count);
  Sets sets(count);
  std::map<std::string_view, std::vector<size_t>> floats;  // by operator
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    if (!wanted[i] || IsShapeComputation(graph, node) ||
        graph.value(node.output).dtype != DType::kFloat32)
      continue;
    scheme.integer[i] = HasIntegerForm(graph, node, dtype);
    if (!scheme.integer[i]) {
      floats[graph::NameOf(node.op)].push_back(i);
      continue;
    }
    const auto output = static_cast<size_t>(node.output);
    quantized[output] = true;
    fixed[output] = FixedParameters(node.op, dtype);
    for (graph::ValueId id : ActivationInputs(node)) quantized[static_cast<size_t>(id)] = true;
    if (!KeepsParameters(node.op)) continue;
    const auto first = static_cast<size_t>(node.inputs[0]);
    if (ActivationInputs(node).size() == 1 && fixed[first]) {
      fixed[output] = fixed[first];
      continue;
    }
    for (graph::ValueId id : ActivationInputs(node)) {
      // Results of prescribed parameters are brought to the others' where they are read.
      if (!fixed[static_cast<size_t>(id)]) sets.Join(id, node.output);
    }
  }
  for (const auto& [name, nodes] : floats) {
    const std::string first = graph::Describe(graph, nodes.front());
    notes.push_back(nodes.size() == 1
                        ? base::Cat(first, " has no ", NameOf(dtype), " form and stays float")
                        : base::Cat(nodes.size(), " operators ", name, " have no ", NameOf(dtype),
                                    " form and stay float, the first being ", first));
  }
  scheme.group_of.assign(count, -1);
  std::vector<int32_t> group_of_set(count, -1);
  for (size_t i = 0; i < count; ++i) {
    if (!quantized[i]) continue;
    auto set = static_cast<size_t>(sets.Find(static_cast<int32_t>(i)));
    if (group_of_set[set] < 0) {
      group_of_set[set] = static_cast<int32_t>(scheme.fixed.size());
      scheme.fixed.emplace_back();
    }
    scheme.group_of[i] = group_of_set[set];
    if (fixed[i]) scheme.fixed[static_cast<size_t>(group_of_set[set])] = fixed[i];
  }
  return scheme;
}

}  // namespace goldcrest::quantize
