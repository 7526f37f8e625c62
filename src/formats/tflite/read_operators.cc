#include <algorithm>
#include <array>

#include "formats/tflite/operators.h"

namespace goldcrest::formats::tflite {
namespace {

using schema::BuiltinOperator;

template <class... Parts>
std::unexpected<Error> Invalid(const Parts&... parts) {
  return Fail(ErrorCode::kInvalid, parts...);
}

Status ExpectInputs(const FileOperator& in, size_t least, size_t most) {
  if (in.inputs.size() < least || in.inputs.size() > most) {
    return Invalid("has ", in.inputs.size(), " inputs, ",
                   least == most ? "" : base::Cat(least, " to "), most, " expected");
  }
  for (size_t i = 0; i < least; ++i) {
    if (in.inputs[i] < 0) return Invalid("its input ", i, " is absent");
  }
  return {};
}

std::unexpected<Error> MissingOptions() { return Invalid("its options are missing"); }

Result<graph::Activation> ReadActivation(schema::ActivationFunctionType type) {
  switch (type) {
    case schema::ActivationFunctionType::NONE:
      return graph::Activation::kNone;
    case schema::ActivationFunctionType::RELU:
      return graph::Activation::kRelu;
    case schema::ActivationFunctionType::RELU6:
      return graph::Activation::kRelu6;
    default:
      return Fail(ErrorCode::kUnsupported, "the fused activation ",
                  schema::EnumNameActivationFunctionType(type), " (", static_cast<int>(type), ")");
  }
}

graph::PaddingKind ReadPadding(schema::Padding padding) {
  return padding == schema::Padding::SAME ? graph::PaddingKind::kSame : graph::PaddingKind::kValid;
}

// The elements of a constant int32 or int64 operand.
Result<std::vector<int64_t>> ConstantIntegers(const graph::Graph& graph, graph::ValueId id,
                                              const char* what) {
  const graph::Value& value = graph.value(id);
  if (!value.constant) return Fail(ErrorCode::kUnsupported, what, " is no constant");
  if (value.constant->bytes().size() > 256) return Invalid(what, " has too many elements");
  if (value.dtype == tensor::DType::kInt32) {
    auto elements = value.constant->As<int32_t>();
    return std::vector<int64_t>(elements.begin(), elements.end());
  }
  if (value.dtype == tensor::DType::kInt64) {
    auto elements = value.constant->As<int64_t>();
    return std::vector<int64_t>(elements.begin(), elements.end());
  }
  return Invalid(what, " is ", tensor::NameOf(value.dtype), ", an integer type expected");
}

// Of a value that the file does not have. Many may be made of one, so it is short.
std::string DerivedName(const std::string& name, std::string_view suffix) {
  return base::Cat(name.substr(0, 256), suffix);
}

void Append(graph::Graph& graph, graph::Op op, const FileOperator& in, size_t inputs) {
  std::vector<graph::ValueId> operands;
  for (size_t i = 0; i < std::min(inputs, in.inputs.size()); ++i) {
    if (in.inputs[i] >= 0) operands.push_back(in.inputs[i]);
  }
  graph.nodes.push_back({std::move(op), std::move(operands), in.output});
}

template <class Op, class Options>
Status ReadConvolution(const Options* options, const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 3));
  if (options == nullptr) return MissingOptions();
  Op op;
  op.stride_h = options->stride_h();
  op.stride_w = options->stride_w();
  op.dilation_h = options->dilation_h_factor();
  op.dilation_w = options->dilation_w_factor();
  op.padding.kind = ReadPadding(options->padding());
  GOLDCREST_TRY(op.activation, ReadActivation(options->fused_activation_function()));
  Append(graph, op, in, 3);
  return {};
}

Status ReadConv2D(const FileOperator& in, graph::Graph& graph) {
  return ReadConvolution<graph::Conv2D>(in.op.builtin_options_as_Conv2DOptions(), in, graph);
}

Status ReadDepthwiseConv2D(const FileOperator& in, graph::Graph& graph) {
  return ReadConvolution<graph::DepthwiseConv2D>(in.op.builtin_options_as_DepthwiseConv2DOptions(),
                                                 in, graph);
}

template <class Op>
Status ReadPool(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  const auto* options = in.op.builtin_options_as_Pool2DOptions();
  if (options == nullptr) return MissingOptions();
  Op op;
  op.filter_h = options->filter_height();
  op.filter_w = options->filter_width();
  op.stride_h = options->stride_h();
  op.stride_w = options->stride_w();
  op.padding.kind = ReadPadding(options->padding());
  GOLDCREST_TRY(op.activation, ReadActivation(options->fused_activation_function()));
  Append(graph, op, in, 1);
  return {};
}

Status ReadFullyConnected(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 3));
  const auto* options = in.op.builtin_options_as_FullyConnectedOptions();
  if (options == nullptr) return MissingOptions();
  if (options->weights_format() != schema::FullyConnectedOptionsWeightsFormat::DEFAULT) {
    return Fail(ErrorCode::kUnsupported, "shuffled weights");
  }
  graph::FullyConnected op;
  op.asymmetric_inputs = options->asymmetric_quantize_inputs();
  GOLDCREST_TRY(op.activation, ReadActivation(options->fused_activation_function()));
  FileOperator flat = in;
  const graph::Value x = graph.value(in.inputs[0]);
  const tensor::Shape weights = graph.value(in.inputs[1]).shape;
  // Without keep_num_dims all leading dimensions become rows.
  bool is_flat = x.shape.size() == 2 && weights.size() == 2 && x.shape[1] == weights[1];
  if (!options->keep_num_dims() && !is_flat && weights.size() == 2) {
    flat.inputs[0] = graph.AddNode(graph::Reshape{{-1, weights[1]}}, {in.inputs[0]},
                                   DerivedName(x.name, "/rows"));
    graph.value(flat.inputs[0]).quantization = x.quantization;
  }
  Append(graph, op, flat, 3);
  return {};
}

Status ReadSoftmax(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  const auto* options = in.op.builtin_options_as_SoftmaxOptions();
  if (options == nullptr) return MissingOptions();
  Append(graph, graph::Softmax{options->beta()}, in, 1);
  return {};
}

// The second operand is the one that is broadcast.
void AppendCommuting(graph::Graph& graph, graph::Op op, const FileOperator& in) {
  auto rank = [&](size_t i) { return graph.value(in.inputs[i]).shape.size(); };
  auto size = [&](size_t i) {
    return tensor::ElementCount(graph.value(in.inputs[i]).shape).value_or(INT64_MAX);
  };
  FileOperator ordered = in;
  if (rank(0) < rank(1) || (rank(0) == rank(1) && size(0) < size(1))) {
    std::swap(ordered.inputs[0], ordered.inputs[1]);
  }
  Append(graph, std::move(op), ordered, 2);
}

template <class Op, class Options>
Status ReadElementwise(const Options* options, const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  Op op;
  if (options != nullptr) {
    GOLDCREST_TRY(op.activation, ReadActivation(options->fused_activation_function()));
  }
  AppendCommuting(graph, op, in);
  return {};
}

Status ReadAdd(const FileOperator& in, graph::Graph& graph) {
  return ReadElementwise<graph::Add>(in.op.builtin_options_as_AddOptions(), in, graph);
}

Status ReadMul(const FileOperator& in, graph::Graph& graph) {
  return ReadElementwise<graph::Mul>(in.op.builtin_options_as_MulOptions(), in, graph);
}

// a − b as a + b · −1, which is the same for floats.
Status ReadSub(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  graph::Add op;
  if (const auto* options = in.op.builtin_options_as_SubOptions()) {
    GOLDCREST_TRY(op.activation, ReadActivation(options->fused_activation_function()));
  }
  const graph::Value& operand = graph.value(in.inputs[1]);
  if (operand.dtype != tensor::DType::kFloat32) {
    return Fail(ErrorCode::kUnsupported, "the difference of elements of type ",
                tensor::NameOf(operand.dtype));
  }
  const std::string name = DerivedName(operand.name, "/negated");
  const tensor::Shape shape = operand.shape;
  const float minus_one = -1;
  const graph::ValueId factor = graph.AddConstant("minus_one", {}, std::span(&minus_one, 1));
  FileOperator sum = in;
  sum.inputs[1] = graph.AddNode(graph::Mul{}, {in.inputs[1], factor}, name);
  graph.value(sum.inputs[1]).shape = shape;
  AppendCommuting(graph, op, sum);
  return {};
}

template <graph::Activation kActivation>
Status ReadActivate(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  Append(graph, graph::Activate{kActivation}, in, 1);
  return {};
}

// A function of one operand without attributes.
template <class Op>
Status ReadUnary(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  Append(graph, Op{}, in, 1);
  return {};
}

Status ReadLeakyRelu(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  const auto* options = in.op.builtin_options_as_LeakyReluOptions();
  if (options == nullptr) return MissingOptions();
  Append(graph, graph::LeakyRelu{options->alpha()}, in, 1);
  return {};
}

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

Status ReadQuantize(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  Append(graph, graph::Quantize{graph.value(in.output).dtype}, in, 1);
  return {};
}

struct Row {
  BuiltinOperator code;
  Status (*read)(const FileOperator& in, graph::Graph& graph);
};

constexpr std::array kRows = {
    Row{BuiltinOperator::ADD, ReadAdd},
    Row{BuiltinOperator::AVERAGE_POOL_2D, ReadPool<graph::AveragePool2D>},
    Row{BuiltinOperator::CONCATENATION, ReadConcatenation},
    Row{BuiltinOperator::CONV_2D, ReadConv2D},
    Row{BuiltinOperator::DEPTHWISE_CONV_2D, ReadDepthwiseConv2D},
    Row{BuiltinOperator::DEQUANTIZE, ReadUnary<graph::Dequantize>},
    Row{BuiltinOperator::FULLY_CONNECTED, ReadFullyConnected},
    Row{BuiltinOperator::HARD_SWISH, ReadUnary<graph::HardSwish>},
    Row{BuiltinOperator::LEAKY_RELU, ReadLeakyRelu},
    Row{BuiltinOperator::LOGISTIC, ReadUnary<graph::Logistic>},
    Row{BuiltinOperator::MAX_POOL_2D, ReadPool<graph::MaxPool2D>},
    Row{BuiltinOperator::MEAN, ReadMean},
    Row{BuiltinOperator::MUL, ReadMul},
    Row{BuiltinOperator::PACK, ReadPack},
    Row{BuiltinOperator::PAD, ReadPad},
    Row{BuiltinOperator::QUANTIZE, ReadQuantize},
    Row{BuiltinOperator::RELU, ReadActivate<graph::Activation::kRelu>},
    Row{BuiltinOperator::RELU6, ReadActivate<graph::Activation::kRelu6>},
    Row{BuiltinOperator::RESHAPE, ReadReshape},
    Row{BuiltinOperator::SHAPE, ReadShape},
    Row{BuiltinOperator::SOFTMAX, ReadSoftmax},
    Row{BuiltinOperator::STRIDED_SLICE, ReadStridedSlice},
    Row{BuiltinOperator::SUB, ReadSub},
    Row{BuiltinOperator::TANH, ReadUnary<graph::Tanh>},
};

std::string SupportedOperators() {
  std::string names;
  for (const Row& row : kRows) {
    names += base::Cat(names.empty() ? "" : ", ", schema::EnumNameBuiltinOperator(row.code));
  }
  return names;
}

}  // namespace

Status ReadOperator(BuiltinOperator code, const FileOperator& in, graph::Graph& graph) {
  const auto* row = std::ranges::find(kRows, code, &Row::code);
  if (row == kRows.end()) {
    return Fail(ErrorCode::kUnsupported, "this operator is not supported; supported are ",
                SupportedOperators());
  }
  return row->read(in, graph);
}

}  // namespace goldcrest::formats::tflite
