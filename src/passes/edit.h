// Small edits that several passes make.
#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"

namespace goldcrest::passes {

// Who makes and who reads each value; of the graph as it was when this was made.
struct Uses {
  explicit Uses(const graph::Graph& graph);

  // The node that makes `id`, if `id` is read exactly once; else -1.
  int32_t OnlyProducer(graph::ValueId id) const {
    return counts[static_cast<size_t>(id)] == 1 ? producers[static_cast<size_t>(id)] : -1;
  }
  // The node that reads `id`, if nothing else does and it is no output of the graph; else -1.
  int32_t OnlyReader(graph::ValueId id) const {
    return counts[static_cast<size_t>(id)] == 1 ? readers[static_cast<size_t>(id)] : -1;
  }

  std::vector<int32_t> producers;
  std::vector<int32_t> readers;  // the last node that does; -1: none
  std::vector<int32_t> counts;
};

// Removes the nodes that are marked; returns how many.
int RemoveNodes(graph::Graph& graph, const std::vector<bool>& remove);

// Removes every node for which `is_identity(node)` holds, its readers reading its first input
// instead.
template <class Predicate>
int RemoveIdentities(graph::Graph& graph, const Predicate& is_identity) {
  std::vector<bool> remove(graph.nodes.size(), false);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node node = graph.nodes[i];
    if (!is_identity(node)) continue;
    remove[i] = true;
    graph::ReplaceUses(graph, node.output, node.inputs[0]);
  }
  return RemoveNodes(graph, remove);
}

// Where an operator keeps its fused activation; null for one that can have none.
graph::Activation* FusedActivation(graph::Op& op);

// Whether two values stand for reals in the same way.
inline bool SameQuantization(const graph::Graph& graph, graph::ValueId a, graph::ValueId b) {
  return graph.value(a).quantization == graph.value(b).quantization;
}

}  // namespace goldcrest::passes
