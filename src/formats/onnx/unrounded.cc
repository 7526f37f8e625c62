#include "formats/onnx/unrounded.h"

#include <algorithm>

namespace goldcrest::formats::onnx {
namespace {

template <class... Ops>
bool IsOneOf(const graph::Op& op) {
  return (std::holds_alternative<Ops>(op) || ...);
}

bool IsFunctionOfOneElement(const graph::Graph& graph, const graph::Node& node) {
  if (IsOneOf<graph::Add, graph::Mul, graph::Sub, graph::Div, graph::Maximum, graph::Minimum,
              graph::Prelu>(node.op)) {
    return std::ranges::any_of(
        node.inputs, [&](graph::ValueId id) { return graph.value(id).constant.has_value(); });
  }
  return IsOneOf<graph::Activate, graph::HardSwish, graph::Logistic, graph::Tanh, graph::LeakyRelu,
                 graph::Math>(node.op);
}

// Of the values that ADDs of two values read, the one of each that a layer makes for it alone.
void LeaveSumsToLayers(const graph::Graph& graph, std::vector<bool>& unrounded) {
  const std::vector<int32_t> uses = graph::UseCounts(graph);
  const std::vector<int32_t> producers = graph::Producers(graph);
  auto made_by_layer = [&](graph::ValueId id) {
    const int32_t producer = producers[static_cast<size_t>(id)];
    return producer >= 0 && uses[static_cast<size_t>(id)] == 1 &&
           IsOneOf<graph::Conv2D, graph::DepthwiseConv2D, graph::ConvTranspose2D,
                   graph::FullyConnected>(graph.nodes[static_cast<size_t>(producer)].op);
  };
  for (const graph::Node& node : graph.nodes) {
    if (!IsOneOf<graph::Add>(node.op) || IsFunctionOfOneElement(graph, node)) continue;
    const auto layer = std::ranges::find_if(node.inputs, made_by_layer);
    if (layer != node.inputs.end()) unrounded[static_cast<size_t>(*layer)] = true;
  }
}

}  // namespace

std::vector<bool> UnroundedValues(const graph::Graph& graph, Target target) {
  std::vector<bool> unrounded(graph.values.size(), false);
  if (target == Target::kOnnxRuntime) return unrounded;
  for (const graph::Node& node : graph.nodes) {
    if (!IsFunctionOfOneElement(graph, node)) continue;
    for (graph::ValueId id : node.inputs) unrounded[static_cast<size_t>(id)] = true;
  }
  auto round = [&](graph::ValueId id) { unrounded[static_cast<size_t>(id)] = false; };
  for (const graph::Node& node : graph.nodes) {
    if (!IsFunctionOfOneElement(graph, node)) std::ranges::for_each(node.inputs, round);
  }
  if (target == Target::kTensorRt) LeaveSumsToLayers(graph, unrounded);
  std::ranges::for_each(graph.inputs, round);
  std::ranges::for_each(graph.outputs, round);
  return unrounded;
}

bool RoundsLess(const graph::Graph& graph, Target target) {
  const std::vector<bool> unrounded = UnroundedValues(graph, target);
  for (const graph::Node& node : graph.nodes) {
    if (unrounded[static_cast<size_t>(node.output)] &&
        !graph.value(node.output).quantization.empty()) {
      return true;
    }
  }
  return false;
}

}  // namespace goldcrest::formats::onnx
