#include "graph/graph.h"

#include <algorithm>

namespace goldcrest::graph {

ValueId Graph::AddValue(Value value) {
  values.push_back(std::move(value));
  return static_cast<ValueId>(values.size()) - 1;
}

ValueId Graph::AddConstant(std::string value_name, tensor::Shape shape,
                           std::span<const float> elements) {
  GOLDCREST_CHECK(tensor::ElementCount(shape) == static_cast<int64_t>(elements.size()));
  return AddValue({.name = std::move(value_name),
                   .shape = std::move(shape),
                   .constant = tensor::SharedBytes::Copy(elements)});
}

ValueId Graph::AddNode(Op op, std::vector<ValueId> inputs_of_node, std::string output_name) {
  ValueId output = AddValue({.name = std::move(output_name), .shape = {}});
  nodes.push_back({std::move(op), std::move(inputs_of_node), output});
  return output;
}

std::vector<int32_t> Producers(const Graph& graph) {
  std::vector<int32_t> producers(graph.values.size(), -1);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    producers[static_cast<size_t>(graph.nodes[i].output)] = static_cast<int32_t>(i);
  }
  return producers;
}

std::vector<int32_t> UseCounts(const Graph& graph) {
  std::vector<int32_t> counts(graph.values.size(), 0);
  for (const Node& node : graph.nodes) {
    for (ValueId input : node.inputs) ++counts[static_cast<size_t>(input)];
  }
  for (ValueId output : graph.outputs) ++counts[static_cast<size_t>(output)];
  return counts;
}

void ReplaceUses(Graph& graph, ValueId from, ValueId to) {
  for (Node& node : graph.nodes) std::ranges::replace(node.inputs, from, to);
  std::ranges::replace(graph.outputs, from, to);
}

uint64_t ConstantBytes(const Graph& graph) {
  uint64_t bytes = 0;
  for (const Value& value : graph.values) {
    if (value.constant) bytes += value.constant->bytes().size();
  }
  return bytes;
}

}  // namespace goldcrest::graph
