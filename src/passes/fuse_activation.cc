#include "passes/edit.h"
#include "passes/passes.h"

namespace goldcrest::passes {
int FuseActivation(graph::Graph& graph) {
  const Uses uses(graph);
  std::vector<bool> remove(graph.nodes.size(), false);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node node = graph.nodes[i];
    const auto* activate = std::get_if<graph::Activate>(&node.op);
    if (activate == nullptr) continue;
    int32_t at = uses.OnlyProducer(node.inputs[0]);
    if (at < 0 || !SameQuantization(graph, node.inputs[0], node.output)) continue;
    graph::Node& producer = graph.nodes[static_cast<size_t>(at)];
    graph::Activation* fused = FusedActivation(producer.op);
    if (fused == nullptr || *fused != graph::Activation::kNone) continue;
    *fused = activate->activation;
    producer.output = node.output;
    remove[i] = true;
  }
  return RemoveNodes(graph, remove);
}

}  // namespace goldcrest::passes
