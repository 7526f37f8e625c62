#include "api/recognize.h"

#include <algorithm>

namespace goldcrest::api {
namespace {

constexpr size_t kBlocksOfV1 = 13;

bool HasKernel(const graph::Graph& graph, const graph::Node& node, int64_t size) {
  const tensor::Shape& filter = graph.value(node.inputs[1]).shape;
  return filter[1] == size && filter[2] == size;
}

}  // namespace

bool IsMobileNetV1(const graph::Graph& graph) {
  std::vector<const graph::Node*> layers;  // those with filters
  for (const graph::Node& node : graph.nodes) {
    bool convolution = std::holds_alternative<graph::Conv2D>(node.op) ||
                       std::holds_alternative<graph::DepthwiseConv2D>(node.op);
    if (convolution) layers.push_back(&node);
  }
  if (layers.size() < 1 + 2 * kBlocksOfV1) return false;
  const auto* first = std::get_if<graph::Conv2D>(&layers[0]->op);
  bool starts = first != nullptr && first->stride_h == 2 && HasKernel(graph, *layers[0], 3) &&
                graph.value(layers[0]->inputs[1]).shape[3] == 3;
  if (!starts) return false;
  for (size_t block = 0; block < kBlocksOfV1; ++block) {
    const graph::Node& depthwise = *layers[1 + 2 * block];
    const graph::Node& pointwise = *layers[2 + 2 * block];
    bool pair = std::holds_alternative<graph::DepthwiseConv2D>(depthwise.op) &&
                HasKernel(graph, depthwise, 3) &&
                std::holds_alternative<graph::Conv2D>(pointwise.op) &&
                HasKernel(graph, pointwise, 1);
    if (!pair) return false;
  }
  // What may follow is a head: 1×1 convolutions over one pixel.
  return std::ranges::all_of(
      std::span(layers).subspan(1 + 2 * kBlocksOfV1), [&](const graph::Node* node) {
        return std::holds_alternative<graph::Conv2D>(node->op) && HasKernel(graph, *node, 1);
      });
}

bool RescalesItsInput(const graph::Graph& graph) {
  graph::ValueId value = graph.inputs[0];
  for (const graph::Node& node : graph.nodes) {
    if (node.inputs.empty() || node.inputs[0] != value) continue;
    return std::holds_alternative<graph::Mul>(node.op) &&
           graph.value(node.inputs[1]).constant.has_value();
  }
  return false;
}

}  // namespace goldcrest::api
