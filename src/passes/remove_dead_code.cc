#include "passes/edit.h"
#include "passes/passes.h"

namespace goldcrest::passes {
namespace {

// Drops the values that nothing names, and renumbers the rest in their order.
int CompactValues(graph::Graph& graph) {
  std::vector<bool> named(graph.values.size(), false);
  auto name = [&](graph::ValueId id) { named[static_cast<size_t>(id)] = true; };
  for (graph::ValueId id : graph.inputs) name(id);
  for (graph::ValueId id : graph.outputs) name(id);
  for (const graph::Node& node : graph.nodes) {
    name(node.output);
    for (graph::ValueId id : node.inputs) name(id);
  }
  std::vector<graph::ValueId> renumbered(graph.values.size(), -1);
  std::vector<graph::Value> kept;
  for (size_t i = 0; i < graph.values.size(); ++i) {
    if (!named[i]) continue;
    renumbered[i] = static_cast<graph::ValueId>(kept.size());
    kept.push_back(std::move(graph.values[i]));
  }
  auto dropped = static_cast<int>(graph.values.size() - kept.size());
  graph.values = std::move(kept);
  auto renumber = [&](graph::ValueId& id) { id = renumbered[static_cast<size_t>(id)]; };
  for (graph::ValueId& id : graph.inputs) renumber(id);
  for (graph::ValueId& id : graph.outputs) renumber(id);
  for (graph::Node& node : graph.nodes) {
    renumber(node.output);
    for (graph::ValueId& id : node.inputs) renumber(id);
  }
  return dropped;
}

}  // namespace

int RemoveDeadCode(graph::Graph& graph) {
  std::vector<bool> needed(graph.values.size(), false);
  for (graph::ValueId id : graph.outputs) needed[static_cast<size_t>(id)] = true;
  std::vector<bool> remove(graph.nodes.size(), false);
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const graph::Node& node = graph.nodes[i];
    remove[i] = !needed[static_cast<size_t>(node.output)];
    if (remove[i]) continue;
    for (graph::ValueId id : node.inputs) needed[static_cast<size_t>(id)] = true;
  }
  int removed = RemoveNodes(graph, remove);
  return removed + CompactValues(graph);
}

}  // namespace goldcrest::passes
