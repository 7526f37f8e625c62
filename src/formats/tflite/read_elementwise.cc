// Functions of one operand, sums and products, and changes of type.
#include <utility>

#include "formats/tflite/read_operators.h"

namespace goldcrest::formats::tflite {
namespace {

// A function of one operand.
Status ReadUnary(graph::Op op, const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  Append(graph, std::move(op), in, 1);
  return {};
}

// Whether a must be broadcast over b, and not the other way round.
bool IsBroadcast(const graph::Value& a, const graph::Value& b) {
  if (a.shape.size() != b.shape.size()) return a.shape.size() < b.shape.size();
  auto size = [](const graph::Value& value) {
    return tensor::ElementCount(value.shape).value_or(INT64_MAX);
  };
  return size(a) < size(b);
}

// The second operand is the one that is broadcast.
void AppendCommuting(graph::Graph& graph, graph::Op op, const FileOperator& in) {
  FileOperator ordered = in;
  if (IsBroadcast(graph.value(in.inputs[0]), graph.value(in.inputs[1]))) {
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

}  // namespace

Status ReadAdd(const FileOperator& in, graph::Graph& graph) {
  return ReadElementwise<graph::Add>(in.op.builtin_options_as_AddOptions(), in, graph);
}

Status ReadMul(const FileOperator& in, graph::Graph& graph) {
  return ReadElementwise<graph::Mul>(in.op.builtin_options_as_MulOptions(), in, graph);
}

// Of floats a − b, where one is a constant or a is the one that is broadcast, as a + b · −1, which
// is the same and can be folded.
Status ReadSub(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  graph::Add op;
  if (const auto* options = in.op.builtin_options_as_SubOptions()) {
    GOLDCREST_TRY(op.activation, ReadActivation(options->fused_activation_function()));
  }
  const graph::Value& first = graph.value(in.inputs[0]);
  const graph::Value& operand = graph.value(in.inputs[1]);
  const bool turns = first.constant || operand.constant || IsBroadcast(first, operand);
  if (operand.dtype != tensor::DType::kFloat32 || !turns) {
    Append(graph, graph::Sub{op.activation}, in, 2);
    return {};
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

Status ReadDiv(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  graph::Div op;
  if (const auto* options = in.op.builtin_options_as_DivOptions()) {
    GOLDCREST_TRY(op.activation, ReadActivation(options->fused_activation_function()));
  }
  Append(graph, op, in, 2);
  return {};
}

Status ReadMaximum(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  AppendCommuting(graph, graph::Maximum{}, in);
  return {};
}

Status ReadMinimum(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  AppendCommuting(graph, graph::Minimum{}, in);
  return {};
}

Status ReadPrelu(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  Append(graph, graph::Prelu{}, in, 2);
  return {};
}

Status ReadL2Normalization(const FileOperator& in, graph::Graph& graph) {
  if (const auto* options = in.op.builtin_options_as_L2NormOptions()) {
    if (options->fused_activation_function() != schema::ActivationFunctionType::NONE) {
      return Fail(ErrorCode::kUnsupported, "a normalization with a fused activation");
    }
  }
  return ReadUnary(graph::L2Normalize{}, in, graph);
}

Status ReadCast(const FileOperator& in, graph::Graph& graph) {
  return ReadUnary(graph::Cast{graph.value(in.output()).dtype}, in, graph);
}

Status ReadRelu(const FileOperator& in, graph::Graph& graph) {
  return ReadUnary(graph::Activate{graph::Activation::kRelu}, in, graph);
}

Status ReadRelu6(const FileOperator& in, graph::Graph& graph) {
  return ReadUnary(graph::Activate{graph::Activation::kRelu6}, in, graph);
}

Status ReadHardSwish(const FileOperator& in, graph::Graph& graph) {
  return ReadUnary(graph::HardSwish{}, in, graph);
}

Status ReadLogistic(const FileOperator& in, graph::Graph& graph) {
  return ReadUnary(graph::Logistic{}, in, graph);
}

Status ReadTanh(const FileOperator& in, graph::Graph& graph) {
  return ReadUnary(graph::Tanh{}, in, graph);
}

Status ReadLeakyRelu(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  const auto* options = in.op.builtin_options_as_LeakyReluOptions();
  if (options == nullptr) return MissingOptions();
  Append(graph, graph::LeakyRelu{options->alpha()}, in, 1);
  return {};
}

Status ReadSoftmax(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  const auto* options = in.op.builtin_options_as_SoftmaxOptions();
  if (options == nullptr) return MissingOptions();
  Append(graph, graph::Softmax{options->beta()}, in, 1);
  return {};
}

Status ReadQuantize(const FileOperator& in, graph::Graph& graph) {
  return ReadUnary(graph::Quantize{graph.value(in.output()).dtype}, in, graph);
}

Status ReadDequantize(const FileOperator& in, graph::Graph& graph) {
  return ReadUnary(graph::Dequantize{}, in, graph);
}

Status ReadFakeQuant(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  const auto* options = in.op.builtin_options_as_FakeQuantOptions();
  if (options == nullptr) return MissingOptions();
  FileOperator whole = in;
  const std::string name = graph.value(in.output()).name;
  for (const auto& [suffix, end] :
       {std::pair("/min", options->min()), std::pair("/max", options->max())}) {
    whole.inputs.push_back(graph.AddConstant(DerivedName(name, suffix), {1}, {&end, 1}));
  }
  Append(graph,
         graph::FakeQuant{.bits = options->num_bits(), .narrow_range = options->narrow_range()},
         whole, 3);
  return {};
}

}  // namespace goldcrest::formats::tflite
