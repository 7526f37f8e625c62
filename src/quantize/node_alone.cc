#include "quantize/node_alone.h"

#include "passes/edit.h"
#include "passes/linear_layer.h"

namespace goldcrest::quantize {

bool IsActivation(const graph::Value& value) {
  return !value.constant && value.dtype == tensor::DType::kFloat32;
}

Result<runtime::Executor> MakeNodeAlone(const graph::Graph& graph, size_t index,
                                        const NodeChanges& changes, const runtime::Backend& backend,
                                        const runtime::Options& options) {
  const graph::Node& node = graph.nodes[index];
  graph::Graph alone;
  graph::Node copy{.op = node.op, .output = 0};
  const bool reshapes = std::holds_alternative<graph::Reshape>(node.op);
  if (reshapes) copy.op = graph::Reshape{graph.value(node.output).shape};
  // A shape that is computed is known by now.
  for (graph::ValueId id : std::span(node.inputs).first(reshapes ? 1 : node.inputs.size())) {
    copy.inputs.push_back(alone.AddValue(graph.value(id)));
    if (IsActivation(graph.value(id))) alone.inputs.push_back(copy.inputs.back());
  }
  if (changes.without_activation && passes::IsLinearLayer(graph, node)) {
    *passes::FusedActivation(copy.op) = graph::Activation::kNone;
  }
  if (changes.weights != nullptr) {
    alone.value(copy.inputs[1]).constant = tensor::SharedBytes::Copy<float>(*changes.weights);
    const auto channels = static_cast<int64_t>(changes.bias->size());
    copy.inputs.resize(2);
    copy.inputs.push_back(alone.AddConstant("bias", {channels}, *changes.bias));
  }
  copy.output = alone.AddValue(graph.value(node.output));
  alone.outputs = {copy.output};
  alone.nodes.push_back(std::move(copy));
  return runtime::Executor::Create(std::move(alone), backend, options);
}

}  // namespace goldcrest::quantize
