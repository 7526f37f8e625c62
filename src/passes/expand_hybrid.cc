// A layer of float32 activations and integer weights becomes a float layer of rounded activations
// and dequantized weights: the same sums, so that it needs no kernels of its own.
#include <map>

#include "graph/layer_types.h"
#include "passes/passes.h"

namespace goldcrest::passes {
namespace {

bool IsHybrid(const graph::Graph& graph, const graph::Node& node) {
  const bool layer = std::holds_alternative<graph::Conv2D>(node.op) ||
                     std::holds_alternative<graph::DepthwiseConv2D>(node.op) ||
                     std::holds_alternative<graph::FullyConnected>(node.op);
  if (!layer) return false;
  std::optional<tensor::DType> bias;
  if (node.inputs.size() > 2) bias = graph.value(node.inputs[2]).dtype;
  auto arithmetic = graph::LayerArithmeticOf(graph.value(node.inputs[0]).dtype,
                                             graph.value(node.inputs[1]).dtype, bias);
  return arithmetic && *arithmetic == graph::LayerArithmetic::kHybrid;
}

// How the layer's activations are rounded. Convolutions with one scale for all of their weights are
// of the time before zero points.
graph::RoundToRange RoundingOf(const graph::Graph& graph, const graph::Node& node) {
  if (const auto* op = std::get_if<graph::FullyConnected>(&node.op)) {
    const auto rank = static_cast<int64_t>(graph.value(node.inputs[0]).shape.size());
    return {.items = std::max<int64_t>(rank - 1, 0), .symmetric = !op->asymmetric_inputs};
  }
  return {.items = 1, .symmetric = !graph.value(node.inputs[1]).quantization.per_channel()};
}

}  // namespace

int ExpandHybrid(graph::Graph& graph) {
  int changes = 0;
  std::vector<graph::Node> nodes;
  // By activation and by whether it is symmetric: several layers may read the same.
  std::map<std::pair<graph::ValueId, bool>, graph::ValueId> rounded;
  auto insert = [&](graph::Op op, graph::ValueId input, const char* suffix) {
    graph::Value value = graph.value(input);
    value.name += suffix;
    value.dtype = tensor::DType::kFloat32;
    value.quantization = {};
    value.constant.reset();
    const graph::ValueId output = graph.AddValue(std::move(value));
    nodes.push_back({std::move(op), {input}, output});
    return output;
  };
  for (graph::Node& node : graph.nodes) {
    if (IsHybrid(graph, node)) {
      const graph::RoundToRange rounding = RoundingOf(graph, node);
      const auto key = std::pair(node.inputs[0], rounding.symmetric);
      if (!rounded.contains(key)) rounded[key] = insert(rounding, node.inputs[0], "/rounded");
      node.inputs[0] = rounded[key];
      node.inputs[1] = insert(graph::Dequantize{}, node.inputs[1], "/dequantized");
      ++changes;
    }
    nodes.push_back(std::move(node));
  }
  graph.nodes = std::move(nodes);
  return changes;
}

}  // namespace goldcrest::passes
