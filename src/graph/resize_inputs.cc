#include "graph/resize_inputs.h"

#include <utility>

#include "graph/infer.h"

namespace goldcrest::graph {
namespace {

// Outputs with a row for each picture.
std::vector<ValueId> OutputsByBatch(const Graph& graph) {
  std::vector<ValueId> outputs;
  const tensor::Shape& input = graph.value(graph.inputs[0]).shape;
  for (ValueId id : graph.outputs) {
    const tensor::Shape& shape = graph.value(id).shape;
    if (!input.empty() && !shape.empty() && shape[0] == input[0]) outputs.push_back(id);
  }
  return outputs;
}

// A reshape with an open dimension takes a picture that is too large for several.
Status ExpectBatch(const Graph& graph, const std::vector<ValueId>& outputs) {
  for (ValueId id : outputs) {
    const int64_t batch = graph.value(graph.inputs[0]).shape[0];
    const Value& output = graph.value(id);
    if (!output.shape.empty() && output.shape[0] == batch) continue;
    return Fail(ErrorCode::kUnsupported, "the output '", output.name, "' would be ",
                tensor::ToString(output.shape), " for a batch of ", batch,
                ": the model reshapes pictures of its own size only");
  }
  return {};
}

}  // namespace

Status ResizeInputs(Graph& graph, std::span<const tensor::Shape> shapes) {
  if (shapes.size() != graph.inputs.size()) {
    return Fail(ErrorCode::kUsage, "the model has ", graph.inputs.size(),
                graph.inputs.size() == 1 ? " input, " : " inputs, ", shapes.size(),
                shapes.size() == 1 ? " shape is given" : " shapes are given");
  }
  if (shapes.empty()) return {};
  const std::vector<ValueId> outputs = OutputsByBatch(graph);
  std::string change = "with an input of";
  for (size_t i = 0; i < shapes.size(); ++i) {
    Value& input = graph.value(graph.inputs[i]);
    if (shapes[i].size() != input.shape.size()) {
      return Fail(ErrorCode::kUsage, "the input '", input.name, "' takes ",
                  tensor::ToString(input.shape), ", which has ", input.shape.size(),
                  " dimensions, not the shape ", tensor::ToString(shapes[i]));
    }
    change += base::Cat(i == 0 ? " " : ", ", tensor::ToString(shapes[i]), " instead of ",
                        tensor::ToString(input.shape));
    input.shape = shapes[i];
  }
  GOLDCREST_RETURN_IF_ERROR(Within(change, InferShapes(graph)));
  GOLDCREST_RETURN_IF_ERROR(Within(change, ExpectBatch(graph, outputs)));
  std::optional<tensor::InputContract>& contract = graph.metadata.input_contract;
  if (contract && shapes[0].size() == 4) {
    contract->height = shapes[0][1];
    contract->width = shapes[0][2];
  }
  return {};
}

}  // namespace goldcrest::graph
