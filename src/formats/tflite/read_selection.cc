// Operators that pick elements.
#include "formats/tflite/detection_options.h"
#include "formats/tflite/file_tables.h"
#include "formats/tflite/read_operators.h"

namespace goldcrest::formats::tflite {
namespace {

Status ReadPlace(bool smallest, const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  GOLDCREST_TRY(auto axes, ConstantIntegers(graph, in.inputs[1], "the axis"));
  if (axes.size() != 1) return Invalid("has ", axes.size(), " axes");
  GOLDCREST_TRY(const int64_t axis, ReadAxis(axes[0], graph.value(in.inputs[0]).shape.size()));
  Append(graph, graph::ArgMax{axis, graph.value(in.output()).dtype, smallest}, in, 1);
  return {};
}

}  // namespace

Status ReadArgMax(const FileOperator& in, graph::Graph& graph) {
  return ReadPlace(false, in, graph);
}

Status ReadArgMin(const FileOperator& in, graph::Graph& graph) {
  return ReadPlace(true, in, graph);
}

// Integers are read as the reals that they stand for.
Status ReadDetectionPostProcess(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 3, 3));
  const auto* options = in.op.custom_options();
  GOLDCREST_TRY(const graph::DetectionPostProcess op,
                ReadDetectionOptions({options == nullptr ? nullptr : options->data(),
                                      static_cast<size_t>(SizeOf(options))}));
  const std::vector<DetectionPart> parts = DetectionParts(op);
  if (in.outputs.size() != parts.size()) {
    return Invalid("has ", in.outputs.size(), " outputs, ", parts.size(), " expected");
  }
  std::vector<graph::ValueId> inputs = in.inputs;
  for (graph::ValueId& id : inputs) {
    const graph::Value operand = graph.value(id);
    if (operand.dtype == tensor::DType::kFloat32) continue;
    id = graph.AddNode(graph::Dequantize{}, {id}, DerivedName(operand.name, "/dequantized"));
    graph.value(id).shape = operand.shape;
  }
  const std::string name = DerivedName(graph.value(in.output()).name, "/detections");
  const graph::ValueId all = graph.AddNode(op, std::move(inputs), name);
  for (size_t i = 0; i < parts.size(); ++i) {
    const graph::StridedSlice slice{{parts[i].begin}, {parts[i].size}, {1}, {}};
    if (parts[i].shape.size() == 1) {
      graph.nodes.push_back({slice, {all}, in.outputs[i]});
      continue;
    }
    const graph::ValueId part =
        graph.AddNode(slice, {all}, DerivedName(graph.value(in.outputs[i]).name, "/part"));
    graph.nodes.push_back({graph::Reshape{parts[i].shape}, {part}, in.outputs[i]});
  }
  return {};
}

}  // namespace goldcrest::formats::tflite
