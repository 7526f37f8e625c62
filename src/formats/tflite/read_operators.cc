#include "formats/tflite/read_operators.h"

#include <algorithm>
#include <array>

namespace goldcrest::formats::tflite {
namespace {

using schema::BuiltinOperator;

struct Row {
  BuiltinOperator code;
  Status (*read)(const FileOperator& in, graph::Graph& graph);
};

constexpr std::array kRows = {
    Row{BuiltinOperator::ADD, ReadAdd},
    Row{BuiltinOperator::AVERAGE_POOL_2D, ReadAveragePool2D},
    Row{BuiltinOperator::CONCATENATION, ReadConcatenation},
    Row{BuiltinOperator::CONV_2D, ReadConv2D},
    Row{BuiltinOperator::DEPTHWISE_CONV_2D, ReadDepthwiseConv2D},
    Row{BuiltinOperator::DEQUANTIZE, ReadDequantize},
    Row{BuiltinOperator::FULLY_CONNECTED, ReadFullyConnected},
    Row{BuiltinOperator::HARD_SWISH, ReadHardSwish},
    Row{BuiltinOperator::LEAKY_RELU, ReadLeakyRelu},
    Row{BuiltinOperator::LOGISTIC, ReadLogistic},
    Row{BuiltinOperator::MAX_POOL_2D, ReadMaxPool2D},
    Row{BuiltinOperator::MEAN, ReadMean},
    Row{BuiltinOperator::MUL, ReadMul},
    Row{BuiltinOperator::PACK, ReadPack},
    Row{BuiltinOperator::PAD, ReadPad},
    Row{BuiltinOperator::QUANTIZE, ReadQuantize},
    Row{BuiltinOperator::RELU, ReadRelu},
    Row{BuiltinOperator::RELU6, ReadRelu6},
    Row{BuiltinOperator::RESHAPE, ReadReshape},
    Row{BuiltinOperator::SHAPE, ReadShape},
    Row{BuiltinOperator::SOFTMAX, ReadSoftmax},
    Row{BuiltinOperator::STRIDED_SLICE, ReadStridedSlice},
    Row{BuiltinOperator::SUB, ReadSub},
    Row{BuiltinOperator::TANH, ReadTanh},
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
  graph.nodes.push_back({std::move(op), std::move(operands), in.output});
}

}  // namespace goldcrest::formats::tflite
