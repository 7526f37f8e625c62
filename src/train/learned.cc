#include "train/learned.h"

namespace goldcrest::train {

std::vector<bool> LearnedConstants(const graph::Graph& graph, size_t first) {
  constexpr size_t kStatistics = 3;  // of a batch normalization: mean and variance from here on
  std::vector<bool> learned(graph.values.size(), false);
  for (size_t n = first; n < graph.nodes.size(); ++n) {
    const graph::Node& node = graph.nodes[n];
    const bool normalizes = std::holds_alternative<graph::BatchNorm>(node.op);
    const bool layer = normalizes || std::holds_alternative<graph::Conv2D>(node.op) ||
                       std::holds_alternative<graph::DepthwiseConv2D>(node.op) ||
                       std::holds_alternative<graph::FullyConnected>(node.op);
    if (!layer) continue;
    const size_t end = normalizes ? kStatistics : node.inputs.size();
    for (size_t i = 1; i < end; ++i) {
      const auto id = static_cast<size_t>(node.inputs[i]);
      learned[id] = graph.values[id].constant.has_value();
    }
  }
  return learned;
}

}  // namespace goldcrest::train
