#include "train/training_form.h"

#include "graph/infer.h"
#include "passes/edit.h"
#include "passes/passes.h"

namespace goldcrest::train {
namespace {

using graph::Activation;

void SplitActivations(graph::Graph& graph) {
  std::vector<graph::Node> nodes;
  nodes.reserve(graph.nodes.size());
  for (graph::Node& node : graph.nodes) {
    Activation* fused = passes::FusedActivation(node.op);
    const Activation activation =
        fused == nullptr ? Activation::kNone : std::exchange(*fused, Activation::kNone);
    if (activation == Activation::kNone) {
      nodes.push_back(std::move(node));
      continue;
    }
    const graph::ValueId result = node.output;
    graph::Value before = graph.value(result);
    before.name += "/linear";
    node.output = graph.AddValue(std::move(before));
    const graph::ValueId linear = node.output;
    nodes.push_back(std::move(node));
    nodes.push_back({graph::Activate{activation}, {linear}, result});
  }
  graph.nodes = std::move(nodes);
}

// Without the softmax at the end, behind which may be operators that change nothing.
void DropSoftmax(graph::Graph& graph) {
  const std::vector<int32_t> producers = graph::Producers(graph);
  graph::ValueId id = graph.outputs[0];
  for (;;) {
    const int32_t producer = producers[static_cast<size_t>(id)];
    if (producer < 0) return;
    const graph::Node& node = graph.nodes[static_cast<size_t>(producer)];
    const bool softmax = std::holds_alternative<graph::Softmax>(node.op);
    const bool copies = std::holds_alternative<graph::Reshape>(node.op) ||
                        std::holds_alternative<graph::TrainingOnly>(node.op);
    if (!softmax && !copies) return;
    id = node.inputs[0];
    if (!softmax) continue;
    graph.outputs[0] = id;
    graph.output_names.clear();
    return;
  }
}

// Nodes that the output does not come of go; values keep their ids.
void RemoveUnread(graph::Graph& graph) {
  std::vector<bool> read(graph.values.size(), false);
  for (graph::ValueId id : graph.outputs) read[static_cast<size_t>(id)] = true;
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const graph::Node& node = graph.nodes[i];
    if (!read[static_cast<size_t>(node.output)]) {
      graph.nodes.erase(graph.nodes.begin() + static_cast<ptrdiff_t>(i));
      continue;
    }
    for (graph::ValueId id : node.inputs) read[static_cast<size_t>(id)] = true;
  }
}

}  // namespace

Result<graph::Graph> TrainingForm(graph::Graph graph) {
  if (graph.inputs.size() != 1 || graph.outputs.size() != 1) {
    return Fail(ErrorCode::kUnsupported, "the model has ", graph.inputs.size(), " inputs and ",
                graph.outputs.size(), " outputs; models with one of each can be trained");
  }
  passes::FusePadding(graph);
  SplitActivations(graph);
  DropSoftmax(graph);
  RemoveUnread(graph);
  GOLDCREST_RETURN_IF_ERROR(graph::InferShapes(graph));
  return graph;
}

}  // namespace goldcrest::train
