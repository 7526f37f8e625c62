#include "formats/reading/remove_unread.h"

#include <vector>

namespace goldcrest::formats::reading {

using graph::ValueId;

void RemoveUnread(graph::Graph& graph) {
  std::vector<bool> read(graph.values.size(), false);
  auto mark = [&](const std::vector<ValueId>& ids) {
    for (ValueId id : ids) read[static_cast<size_t>(id)] = true;
  };
  mark(graph.outputs);
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    if (read[static_cast<size_t>(node->output)]) mark(node->inputs);
  }
  std::erase_if(graph.nodes,
                [&](const graph::Node& node) { return !read[static_cast<size_t>(node.output)]; });
  mark(graph.inputs);
  std::vector<ValueId> moved(graph.values.size());
  std::vector<graph::Value> values;
  for (size_t i = 0; i < graph.values.size(); ++i) {
    moved[i] = static_cast<ValueId>(values.size());
    if (read[i]) values.push_back(std::move(graph.values[i]));
  }
  graph.values = std::move(values);
  auto move = [&](std::vector<ValueId>& ids) {
    for (ValueId& id : ids) id = moved[static_cast<size_t>(id)];
  };
  for (graph::Node& node : graph.nodes) {
    move(node.inputs);
    node.output = moved[static_cast<size_t>(node.output)];
  }
  move(graph.inputs);
  move(graph.outputs);
}

}  // namespace goldcrest::formats::reading
