#include "formats/tflite/read_operators.h"

#include <algorithm>
#include <array>

#include "formats/tflite/detection_options.h"

namespace goldcrest::formats::tflite {
namespace {

using schema::BuiltinOperator;

using graph::MathFunction;

struct Row {
  BuiltinOperator code;
  Status (*read)(const FileOperator& in, graph::Graph& graph);
  bool several_outputs = false;
};

constexpr std::array kRows = {
    Row{BuiltinOperator::ABS, ReadMath<MathFunction::kAbs>},
    Row{BuiltinOperator::ADD, ReadAdd},
    Row{BuiltinOperator::ARG_MAX, ReadArgMax},
    Row{BuiltinOperator::ARG_MIN, ReadArgMin},
    Row{BuiltinOperator::AVERAGE_POOL_2D, ReadAveragePool2D},
    Row{BuiltinOperator::BATCH_TO_SPACE_ND, ReadBatchToSpace},
    Row{BuiltinOperator::CAST, ReadCast},
    Row{BuiltinOperator::CEIL, ReadMath<MathFunction::kCeil>},
    Row{BuiltinOperator::CONCATENATION, ReadConcatenation},
    Row{BuiltinOperator::CONV_2D, ReadConv2D},
    Row{BuiltinOperator::COS, ReadMath<MathFunction::kCos>},
    Row{BuiltinOperator::DEPTHWISE_CONV_2D, ReadDepthwiseConv2D},
    Row{BuiltinOperator::DEPTH_TO_SPACE, ReadDepthToSpace},
    Row{BuiltinOperator::DEQUANTIZE, ReadDequantize},
    Row{BuiltinOperator::DIV, ReadDiv},
    Row{BuiltinOperator::ELU, ReadMath<MathFunction::kElu>},
    Row{BuiltinOperator::EXP, ReadMath<MathFunction::kExp>},
    Row{BuiltinOperator::EXPAND_DIMS, ReadExpandDims},
    Row{BuiltinOperator::FAKE_QUANT, ReadFakeQuant},
    Row{BuiltinOperator::FLOOR, ReadMath<MathFunction::kFloor>},
    Row{BuiltinOperator::FULLY_CONNECTED, ReadFullyConnected},
    Row{BuiltinOperator::HARD_SWISH, ReadHardSwish},
    Row{BuiltinOperator::L2_NORMALIZATION, ReadL2Normalization},
    Row{BuiltinOperator::LEAKY_RELU, ReadLeakyRelu},
    Row{BuiltinOperator::LOG, ReadMath<MathFunction::kLog>},
    Row{BuiltinOperator::LOGISTIC, ReadLogistic},
    Row{BuiltinOperator::MAXIMUM, ReadMaximum},
    Row{BuiltinOperator::MAX_POOL_2D, ReadMaxPool2D},
    Row{BuiltinOperator::MEAN, ReadMean},
    Row{BuiltinOperator::MINIMUM, ReadMinimum},
    Row{BuiltinOperator::MUL, ReadMul},
    Row{BuiltinOperator::NEG, ReadMath<MathFunction::kNeg>},
    Row{BuiltinOperator::PACK, ReadPack},
    Row{BuiltinOperator::PAD, ReadPad},
    Row{BuiltinOperator::PRELU, ReadPrelu},
    Row{BuiltinOperator::QUANTIZE, ReadQuantize},
    Row{BuiltinOperator::REDUCE_MAX, ReadReduce<graph::Reduction::kLargest>},
    Row{BuiltinOperator::REDUCE_MIN, ReadReduce<graph::Reduction::kSmallest>},
    Row{BuiltinOperator::REDUCE_PROD, ReadReduce<graph::Reduction::kProduct>},
    Row{BuiltinOperator::RELU, ReadRelu},
    Row{BuiltinOperator::RELU6, ReadRelu6},
    Row{BuiltinOperator::RESHAPE, ReadReshape},
    Row{BuiltinOperator::RESIZE_BILINEAR, ReadResizeBilinear},
    Row{BuiltinOperator::RESIZE_NEAREST_NEIGHBOR, ReadResizeNearest},
    Row{BuiltinOperator::ROUND, ReadMath<MathFunction::kRound>},
    Row{BuiltinOperator::RSQRT, ReadMath<MathFunction::kRsqrt>},
    Row{BuiltinOperator::SHAPE, ReadShape},
    Row{BuiltinOperator::SIN, ReadMath<MathFunction::kSin>},
    Row{BuiltinOperator::SLICE, ReadSlice},
    Row{BuiltinOperator::SOFTMAX, ReadSoftmax},
    Row{BuiltinOperator::SPACE_TO_BATCH_ND, ReadSpaceToBatch},
    Row{BuiltinOperator::SPACE_TO_DEPTH, ReadSpaceToDepth},
    Row{BuiltinOperator::SPLIT, ReadSplit, true},
    Row{BuiltinOperator::SPLIT_V, ReadSplitV, true},
    Row{BuiltinOperator::SQRT, ReadMath<MathFunction::kSqrt>},
    Row{BuiltinOperator::SQUARE, ReadMath<MathFunction::kSquare>},
    Row{BuiltinOperator::SQUEEZE, ReadSqueeze},
    Row{BuiltinOperator::STRIDED_SLICE, ReadStridedSlice},
    Row{BuiltinOperator::SUB, ReadSub},
    Row{BuiltinOperator::SUM, ReadReduce<graph::Reduction::kSum>},
    Row{BuiltinOperator::TANH, ReadTanh},
    Row{BuiltinOperator::TRANSPOSE, ReadTranspose},
    Row{BuiltinOperator::TRANSPOSE_CONV, ReadTransposeConv},
    Row{BuiltinOperator::UNPACK, ReadUnpack, true},
};

std::string SupportedOperators() {
  std::string names;
  for (const Row& row : kRows) {
    names += base::Cat(names.empty() ? "" : ", ", schema::EnumNameBuiltinOperator(row.code));
  }
  return base::Cat(names, ", and the custom ", kDetectionPostProcess);
}

}  // namespace

Status ReadOperator(BuiltinOperator code, const std::string& custom_code, const FileOperator& in,
                    graph::Graph& graph) {
  if (code == BuiltinOperator::CUSTOM && custom_code == kDetectionPostProcess) {
    return ReadDetectionPostProcess(in, graph);
  }
  const auto* row = std::ranges::find(kRows, code, &Row::code);
  if (row == kRows.end()) {
    return Fail(ErrorCode::kUnsupported, "this operator is not supported; supported are ",
                SupportedOperators());
  }
  if (in.outputs.size() != 1 && !row->several_outputs) {
    return Fail(ErrorCode::kUnsupported, in.outputs.size(), " outputs");
  }
  return row->read(in, graph);
}

Result<int64_t> ReadAxis(int64_t axis, size_t rank) {
  const auto count = static_cast<int64_t>(rank);
  if (axis >= -count && axis < count) return axis < 0 ? axis + count : axis;
  return Invalid("has an axis ", axis, " of ", rank);
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

std::string DerivedName(const std::string& name, std::string_view suffix) {
  return base::Cat(name.substr(0, 256), suffix);
}

void Append(graph::Graph& graph, graph::Op op, const FileOperator& in, size_t inputs) {
  std::vector<graph::ValueId> operands;
  for (size_t i = 0; i < std::min(inputs, in.inputs.size()); ++i) {
    if (in.inputs[i] >= 0) operands.push_back(in.inputs[i]);
  }
  graph.nodes.push_back({std::move(op), std::move(operands), in.output()});
}

}  // namespace goldcrest::formats::tflite
