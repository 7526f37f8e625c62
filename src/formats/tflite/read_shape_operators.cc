// Operators that move elements, reduce them, or compute with shapes.
#include <algorithm>

#include "formats/tflite/file_tables.h"
#include "formats/tflite/read_operators.h"

namespace goldcrest::formats::tflite {

Status ReadConcatenation(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, in.inputs.size()));
  const auto* options = in.op.builtin_options_as_ConcatenationOptions();
  if (options == nullptr) return MissingOptions();
  if (options->fused_activation_function() != schema::ActivationFunctionType::NONE) {
    return Fail(ErrorCode::kUnsupported, "a concatenation with a fused activation");
  }
  if (std::ranges::any_of(in.inputs, [](auto id) { return id < 0; })) {
    return Invalid("one of its inputs is absent");
  }
  auto rank = static_cast<int64_t>(graph.value(in.inputs[0]).shape.size());
  const int64_t axis = options->axis();
  Append(graph, graph::Concatenation{axis < 0 ? axis + rank : axis}, in, in.inputs.size());
  return {};
}

Status ReadPad(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  GOLDCREST_TRY(auto paddings, ConstantIntegers(graph, in.inputs[1], "the padding"));
  if (paddings.size() % 2 != 0) return Invalid("the padding has an odd number of elements");
  graph::Pad op;
  for (size_t i = 0; i < paddings.size(); i += 2) {
    op.before.push_back(paddings[i]);
    op.after.push_back(paddings[i + 1]);
  }
  Append(graph, std::move(op), in, 1);
  return {};
}

Result<ReducedAxes> ReadReducedAxes(const FileOperator& in, const graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  const auto* options = in.op.builtin_options_as_ReducerOptions();
  if (options == nullptr) return MissingOptions();
  GOLDCREST_TRY(auto axes, ConstantIntegers(graph, in.inputs[1], "the list of axes"));
  const size_t rank = graph.value(in.inputs[0]).shape.size();
  for (int64_t& axis : axes) {
    GOLDCREST_TRY(axis, ReadAxis(axis, rank));
  }
  std::ranges::sort(axes);
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
  return ReducedAxes{std::move(axes), options->keep_dims()};
}

Status ReadMean(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_TRY(auto axes, ReadReducedAxes(in, graph));
  Append(graph, graph::Mean{std::move(axes.axes), axes.keep_dims}, in, 1);
  return {};
}

Status ReadReshape(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 2));
  bool has_operand = in.inputs.size() == 2 && in.inputs[1] >= 0;
  if (has_operand && !graph.value(in.inputs[1]).constant) {
    Append(graph, graph::Reshape{}, in, 2);
    return {};
  }
  graph::Reshape op;
  const auto* options = in.op.builtin_options_as_ReshapeOptions();
  if (has_operand) {
    GOLDCREST_TRY(op.shape, ConstantIntegers(graph, in.inputs[1], "the target shape"));
  } else if (options != nullptr && options->new_shape() != nullptr) {
    op.shape.assign(options->new_shape()->begin(), options->new_shape()->end());
  } else {
    return Invalid("names no target shape");
  }
  Append(graph, std::move(op), in, 1);
  return {};
}

Status ReadShape(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  const auto* options = in.op.builtin_options_as_ShapeOptions();
  if (options != nullptr && options->out_type() == schema::TensorType::INT64) {
    return Fail(ErrorCode::kUnsupported, "shapes as int64");
  }
  Append(graph, graph::ShapeOf{}, in, 1);
  return {};
}

// Of scalars, whose vector may be a shape; of anything else, each with one dimension more, side by
// side.
Status ReadPack(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, in.inputs.size()));
  const auto* options = in.op.builtin_options_as_PackOptions();
  if (options == nullptr) return MissingOptions();
  if (std::ranges::any_of(in.inputs, [](auto id) { return id < 0; })) {
    return Invalid("one of its inputs is absent");
  }
  const tensor::Shape shape = graph.value(in.inputs[0]).shape;
  GOLDCREST_TRY(const int64_t axis, ReadAxis(options->axis(), shape.size() + 1));
  if (shape.empty()) {
    Append(graph, graph::Pack{}, in, in.inputs.size());
    return {};
  }
  FileOperator parts = in;
  for (graph::ValueId& id : parts.inputs) {
    const graph::Value operand = graph.value(id);
    tensor::Shape one = operand.shape;
    if (one.size() != shape.size()) return Invalid("packs operands of several ranks");
    one.insert(one.begin() + axis, 1);
    id = graph.AddNode(graph::Reshape{one}, {id}, DerivedName(operand.name, "/expanded"));
    graph.value(id).quantization = operand.quantization;
    graph.value(id).dtype = operand.dtype;
    graph.value(id).shape = std::move(one);
  }
  Append(graph, graph::Concatenation{axis}, parts, parts.inputs.size());
  return {};
}

Status ReadSqueeze(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  const auto* options = in.op.builtin_options_as_SqueezeOptions();
  const tensor::Shape& from = graph.value(in.inputs[0]).shape;
  std::vector<bool> gone(from.size(), false);
  const uint32_t count = options == nullptr ? 0 : SizeOf(options->squeeze_dims());
  for (uint32_t i = 0; i < count; ++i) {
    GOLDCREST_TRY(const int64_t axis, ReadAxis(options->squeeze_dims()->Get(i), from.size()));
    gone[static_cast<size_t>(axis)] = true;
  }
  tensor::Shape shape;
  for (size_t d = 0; d < from.size(); ++d) {
    if (gone[d] && from[d] != 1) return Invalid("squeezes dimension ", d, " of ", from[d]);
    if (!gone[d] && (count > 0 || from[d] != 1)) shape.push_back(from[d]);
  }
  Append(graph, graph::Reshape{std::move(shape)}, in, 1);
  return {};
}

Status ReadExpandDims(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  GOLDCREST_TRY(auto axes, ConstantIntegers(graph, in.inputs[1], "the axis"));
  if (axes.size() != 1) return Invalid("has ", axes.size(), " axes");
  tensor::Shape shape = graph.value(in.inputs[0]).shape;
  GOLDCREST_TRY(const int64_t axis, ReadAxis(axes[0], shape.size() + 1));
  shape.insert(shape.begin() + axis, 1);
  Append(graph, graph::Reshape{std::move(shape)}, in, 1);
  return {};
}

}  // namespace goldcrest::formats::tflite
