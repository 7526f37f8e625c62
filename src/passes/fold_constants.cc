// An operator whose operands are all constants is computed once.
#include <algorithm>

#include "passes/edit.h"
#include "passes/passes.h"

namespace goldcrest::passes {
namespace {

// Layers and pools take more time than their operands have bytes; no model computes constants so.
bool IsCheap(const graph::Op& op) {
  return !std::holds_alternative<graph::Conv2D>(op) &&
         !std::holds_alternative<graph::DepthwiseConv2D>(op) &&
         !std::holds_alternative<graph::FullyConnected>(op) &&
         !std::holds_alternative<graph::AveragePool2D>(op) &&
         !std::holds_alternative<graph::MaxPool2D>(op);
}

// The bytes that computing `node` reads and writes; none where it is no operator of constants.
std::optional<size_t> Work(const graph::Graph& graph, const graph::Node& node) {
  std::optional<size_t> bytes =
      tensor::ByteCount(graph.value(node.output).dtype, graph.value(node.output).shape);
  if (!bytes || node.inputs.empty() || !IsCheap(node.op)) return std::nullopt;
  // An output of the graph is to be made by a node.
  if (std::ranges::find(graph.outputs, node.output) != graph.outputs.end()) return std::nullopt;
  for (graph::ValueId id : node.inputs) {
    if (!graph.value(id).constant) return std::nullopt;
    *bytes += graph.value(id).constant->bytes().size();
  }
  return bytes;
}

graph::Graph Alone(const graph::Graph& graph, const graph::Node& node) {
  graph::Graph alone;
  graph::Node copy{node.op, {}, 0};
  for (graph::ValueId id : node.inputs) copy.inputs.push_back(alone.AddValue(graph.value(id)));
  copy.output = alone.AddValue(graph.value(node.output));
  alone.outputs = {copy.output};
  alone.nodes.push_back(std::move(copy));
  return alone;
}

}  // namespace

int FoldConstants(graph::Graph& graph, const Evaluator& evaluate, WorkLimit& limit) {
  if (!evaluate) return 0;
  std::vector<bool> remove(graph.nodes.size(), false);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    std::optional<size_t> work = Work(graph, node);
    if (!work || !limit.Take(*work)) continue;
    Result<tensor::Tensor> result = evaluate(Alone(graph, node));
    if (!result) continue;  // what cannot run stays, for whoever prepares the model to tell
    graph.value(node.output).constant = tensor::SharedBytes::Own(std::move(*result).TakeBuffer());
    remove[i] = true;
  }
  return RemoveNodes(graph, remove);
}

}  // namespace goldcrest::passes
