#include "passes/edit.h"
#include "passes/passes.h"

namespace goldcrest::passes {

int RemoveTraining(graph::Graph& graph) {
  return RemoveIdentities(graph, [](const graph::Node& node) {
    return std::holds_alternative<graph::Dropout>(node.op) ||
           std::holds_alternative<graph::TrainingOnly>(node.op);
  });
}

}  // namespace goldcrest::passes
