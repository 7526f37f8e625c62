#include <ranges>

#include "formats/keras/layer_sink.h"
#include "formats/keras/write_layers.h"
#include "formats/keras/written_model.h"
#include "graph/infer.h"

namespace goldcrest::formats::keras {
namespace {

using graph::Node;
using graph::ValueId;

// What a layer reads; a shape is part of its configuration.
std::span<const ValueId> DataInputs(const Node& node) {
  std::span<const ValueId> inputs(node.inputs);
  return std::holds_alternative<graph::Reshape>(node.op) ? inputs.first(1) : inputs;
}

// Which values the outputs are made of.
std::vector<bool> NeededValues(const graph::Graph& graph) {
  std::vector<bool> needed(graph.values.size(), false);
  auto need = [&](ValueId id) { needed[static_cast<size_t>(id)] = true; };
  std::ranges::for_each(graph.outputs, need);
  for (const Node& node : std::views::reverse(graph.nodes)) {
    if (needed[static_cast<size_t>(node.output)]) std::ranges::for_each(DataInputs(node), need);
  }
  return needed;
}

Status ExpectFloat(const graph::Value& value) {
  if (value.dtype == tensor::DType::kFloat32) return {};
  return Fail(ErrorCode::kUnsupported, "'", value.name, "' is of type ",
              tensor::NameOf(value.dtype),
              "; quantized models have no Keras form, they are written as .tflite");
}

Status AddInput(const graph::Value& input, ValueId id, LayerSink& sink) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(input));
  if (input.shape.empty()) {
    return Fail(ErrorCode::kUnsupported, "the input '", input.name, "' has no batch");
  }
  tensor::Shape shape = input.shape;
  if (shape[0] == 1) shape[0] = -1;  // Keras' layers take any batch
  sink.Put(id, sink.Append(input.name, {.class_name = "InputLayer"}, {{}, std::move(shape)}));
  return {};
}

Status AddNode(const graph::Graph& graph, const Node& node, LayerSink& sink) {
  for (ValueId input : DataInputs(node)) {
    GOLDCREST_RETURN_IF_ERROR(ExpectFloat(graph.value(input)));
  }
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(graph.value(node.output)));
  return WriteLayers({graph, node, sink});
}

}  // namespace

Result<WrittenModel> ToLayers(const graph::Graph& graph, Spelling spelling) {
  LayerSink sink(graph, spelling);
  for (ValueId input : graph.inputs) {
    GOLDCREST_RETURN_IF_ERROR(AddInput(graph.value(input), input, sink));
  }
  const std::vector<bool> needed = NeededValues(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!needed[static_cast<size_t>(node.output)] || sink.IsAbsorbed(node)) continue;
    GOLDCREST_RETURN_IF_ERROR(Within(graph::Describe(graph, i), AddNode(graph, node, sink)));
  }
  return std::move(sink).Take();
}

}  // namespace goldcrest::formats::keras
