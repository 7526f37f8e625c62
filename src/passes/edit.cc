#include "passes/edit.h"

namespace goldcrest::passes {

Uses::Uses(const graph::Graph& graph)
    : producers(graph::Producers(graph)),
      readers(graph.values.size(), -1),
      counts(graph::UseCounts(graph)) {
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (graph::ValueId id : graph.nodes[i].inputs) {
      readers[static_cast<size_t>(id)] = static_cast<int32_t>(i);
    }
  }
}

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

graph::Activation* FusedActivation(graph::Op& op) {
  return std::visit(
      []<class T>(T& attributes) -> graph::Activation* {
        constexpr bool alone = std::is_same_v<T, graph::Activate>;
        if constexpr (requires { attributes.activation; } && !alone) return &attributes.activation;
        return nullptr;
      },
      op);
}

}  // namespace goldcrest::passes
