// Operators that move elements, reduce them, or compute with shapes.
#include <algorithm>
#include <array>

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

Status ReadMean(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  const auto* options = in.op.builtin_options_as_ReducerOptions();
  if (options == nullptr) return MissingOptions();
  graph::Mean op{.axes = {}, .keep_dims = options->keep_dims()};
  GOLDCREST_TRY(op.axes, ConstantIntegers(graph, in.inputs[1], "the list of axes"));
  auto rank = static_cast<int64_t>(graph.value(in.inputs[0]).shape.size());
  for (int64_t& axis : op.axes) axis += axis < 0 ? rank : 0;
  std::ranges::sort(op.axes);
  op.axes.erase(std::unique(op.axes.begin(), op.axes.end()), op.axes.end());
  Append(graph, std::move(op), in, 1);
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

Status ReadStridedSlice(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 4, 4));
  const auto* options = in.op.builtin_options_as_StridedSliceOptions();
  if (options == nullptr) return MissingOptions();
  std::array<int64_t, 3> bounds{};  // begin, end, stride
  for (size_t i = 0; i < 3; ++i) {
    constexpr std::array<const char*, 3> kNames = {"the begin", "the end", "the stride"};
    GOLDCREST_TRY(auto elements, ConstantIntegers(graph, in.inputs[i + 1], kNames[i]));
    if (elements.size() != 1) return Fail(ErrorCode::kUnsupported, "slices of more than a vector");
    bounds[i] = elements[0];
  }
  const tensor::Shape& shape = graph.value(in.inputs[0]).shape;
  bool plain = options->ellipsis_mask() == 0 && options->new_axis_mask() == 0;
  if (!plain || shape.size() != 1 || shape[0] < 0 || bounds[2] < 1) {
    return Fail(ErrorCode::kUnsupported, "slices of anything but a vector, forward");
  }
  auto clamp = [&](int64_t index) {
    return std::clamp<int64_t>(index < 0 ? index + shape[0] : index, 0, shape[0]);
  };
  graph::StridedSlice op{.begin = options->begin_mask() & 1 ? 0 : clamp(bounds[0]),
                         .end = options->end_mask() & 1 ? shape[0] : clamp(bounds[1]),
                         .stride = std::min(bounds[2], std::max<int64_t>(shape[0], 1)),
                         .scalar = (options->shrink_axis_mask() & 1) != 0};
  if (op.scalar) op.end = op.begin + 1;  // shrinking takes the one element at begin
  Append(graph, op, in, 1);
  return {};
}

Status ReadPack(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, in.inputs.size()));
  const auto* options = in.op.builtin_options_as_PackOptions();
  if (options == nullptr) return MissingOptions();
  if (options->axis() != 0 || std::ranges::any_of(in.inputs, [](auto id) { return id < 0; })) {
    return Fail(ErrorCode::kUnsupported, "packs along any axis but the first");
  }
  Append(graph, graph::Pack{}, in, in.inputs.size());
  return {};
}

}  // namespace goldcrest::formats::tflite
