#include "passes/edit.h"

namespace goldcrest::passes {

int RemoveNodes(graph::Graph& graph, const std::vector<bool>& remove) {
  size_t kept = 0;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (remove[i]) continue;
    if (kept != i) graph.nodes[kept] = std::move(graph.nodes[i]);
    ++kept;
  }
  auto removed = static_cast<int>(graph.nodes.size() - kept);
  graph.nodes.resize(kept);
  return removed;
}

}  // namespace goldcrest::passes
