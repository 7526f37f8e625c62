// Operators whose output has the shape of their input.
#include <array>
#include <cmath>

#include "formats/tflite/operator_versions.h"
#include "formats/tflite/write_operators.h"

namespace goldcrest::formats::tflite {
namespace {

using schema::BuiltinOperator;
using schema::BuiltinOptions;

Status WriteTrainingOnly() {
  return Fail(ErrorCode::kUnsupported,
              "is for training only and has no .tflite form; leave the pass remove_training on");
}

}  // namespace

// gamma · (x − mean) / sqrt(variance + epsilon) + beta as x · scale + offset.
Status Write(const graph::BatchNorm& op, const Context& c) {
  for (size_t i = 1; i < 5; ++i) {
    if (!c.in(i).constant) return Fail(ErrorCode::kUnsupported, "its statistics are no constants");
  }
  auto elements = [&](size_t i) { return c.in(i).constant->As<float>(); };
  const size_t channels = elements(1).size();
  std::vector<float> scale(channels);
  std::vector<float> offset(channels);
  for (size_t i = 0; i < channels; ++i) {
    double factor = elements(1)[i] / std::sqrt(elements(4)[i] + op.epsilon);
    scale[i] = static_cast<float>(factor);
    offset[i] = static_cast<float>(elements(2)[i] - elements(3)[i] * factor);
  }
  auto constant = [&](const char* suffix, const std::vector<float>& values) {
    return c.sink.AddTensor({.name = base::Cat(c.name(), suffix),
                             .shape = {static_cast<int64_t>(channels)},
                             .constant = tensor::SharedBytes::Copy<float>(values)});
  };
  graph::Value scaled{.name = base::Cat(c.name(), "/scaled"), .shape = c.in(0).shape};
  int32_t scaled_tensor = c.sink.AddTensor(scaled);
  auto none = schema::ActivationFunctionType::NONE;
  c.sink.AddOperator(BuiltinOperator::MUL, 1, {c.node.inputs[0], constant("/scale", scale)},
                     scaled_tensor, BuiltinOptions::MulOptions,
                     schema::CreateMulOptions(c.builder(), none).Union());
  c.Put(BuiltinOperator::ADD, {scaled_tensor, constant("/offset", offset)},
        BuiltinOptions::AddOptions, schema::CreateAddOptions(c.builder(), none).Union());
  return {};
}

Status Write(const graph::Activate& op, const Context& c) {
  if (op.activation == graph::Activation::kNone) {
    return Fail(ErrorCode::kUnsupported,
                "does nothing and has no .tflite form; leave the pass remove_identity on");
  }
  bool relu = op.activation == graph::Activation::kRelu;
  c.Put(relu ? BuiltinOperator::RELU : BuiltinOperator::RELU6, c.node.inputs, BuiltinOptions::NONE,
        0);
  return {};
}

Status Write(const graph::HardSwish&, const Context& c) {
  c.Put(BuiltinOperator::HARD_SWISH, c.node.inputs, BuiltinOptions::HardSwishOptions,
        schema::CreateHardSwishOptions(c.builder()).Union());
  return {};
}

Status Write(const graph::Logistic&, const Context& c) {
  c.Put(BuiltinOperator::LOGISTIC, c.node.inputs, BuiltinOptions::NONE, 0);
  return {};
}

Status Write(const graph::Tanh&, const Context& c) {
  c.Put(BuiltinOperator::TANH, c.node.inputs, BuiltinOptions::NONE, 0);
  return {};
}

Status Write(const graph::LeakyRelu& op, const Context& c) {
  auto options = schema::CreateLeakyReluOptions(c.builder(), static_cast<float>(op.alpha));
  c.Put(BuiltinOperator::LEAKY_RELU, c.node.inputs, BuiltinOptions::LeakyReluOptions,
        options.Union());
  return {};
}

Status Write(const graph::Softmax& op, const Context& c) {
  auto options = schema::CreateSoftmaxOptions(c.builder(), static_cast<float>(op.beta));
  c.Put(BuiltinOperator::SOFTMAX, c.node.inputs, BuiltinOptions::SoftmaxOptions, options.Union());
  return {};
}

Status Write(const graph::Add& op, const Context& c) {
  // Of int16, the formula for scales that are powers of two takes few of them; the other takes any.
  const bool powers = c.in(0).dtype != tensor::DType::kInt16;
  auto options = schema::CreateAddOptions(c.builder(), WriteActivation(op.activation), powers);
  c.Put(BuiltinOperator::ADD, c.node.inputs, BuiltinOptions::AddOptions, options.Union());
  return {};
}

Status Write(const graph::Mul& op, const Context& c) {
  auto options = schema::CreateMulOptions(c.builder(), WriteActivation(op.activation));
  c.Put(BuiltinOperator::MUL, c.node.inputs, BuiltinOptions::MulOptions, options.Union());
  return {};
}

Status Write(const graph::Sub& op, const Context& c) {
  const bool powers = c.in(0).dtype != tensor::DType::kInt16;  // as ADD
  auto options = schema::CreateSubOptions(c.builder(), WriteActivation(op.activation), powers);
  c.Put(BuiltinOperator::SUB, c.node.inputs, BuiltinOptions::SubOptions, options.Union());
  return {};
}

Status Write(const graph::Div& op, const Context& c) {
  auto options = schema::CreateDivOptions(c.builder(), WriteActivation(op.activation));
  c.Put(BuiltinOperator::DIV, c.node.inputs, BuiltinOptions::DivOptions, options.Union());
  return {};
}

Status Write(const graph::Maximum&, const Context& c) {
  c.Put(BuiltinOperator::MAXIMUM, c.node.inputs, BuiltinOptions::MaximumMinimumOptions,
        schema::CreateMaximumMinimumOptions(c.builder()).Union());
  return {};
}

Status Write(const graph::Minimum&, const Context& c) {
  c.Put(BuiltinOperator::MINIMUM, c.node.inputs, BuiltinOptions::MaximumMinimumOptions,
        schema::CreateMaximumMinimumOptions(c.builder()).Union());
  return {};
}

Status Write(const graph::Prelu&, const Context& c) {
  c.Put(BuiltinOperator::PRELU, c.node.inputs, BuiltinOptions::NONE, 0);
  return {};
}

Status Write(const graph::Math& op, const Context& c) {
  constexpr std::array kCodes = {
      BuiltinOperator::ABS,   BuiltinOperator::CEIL,  BuiltinOperator::COS, BuiltinOperator::ELU,
      BuiltinOperator::EXP,   BuiltinOperator::FLOOR, BuiltinOperator::LOG, BuiltinOperator::NEG,
      BuiltinOperator::ROUND, BuiltinOperator::RSQRT, BuiltinOperator::SIN, BuiltinOperator::SQRT,
      BuiltinOperator::SQUARE};
  static_assert(kCodes.size() == graph::kMathFunctionNames.size());
  c.Put(kCodes[static_cast<size_t>(op.function)], c.node.inputs, BuiltinOptions::NONE, 0);
  return {};
}

Status Write(const graph::L2Normalize&, const Context& c) {
  auto options = schema::CreateL2NormOptions(c.builder());
  c.Put(BuiltinOperator::L2_NORMALIZATION, c.node.inputs, BuiltinOptions::L2NormOptions,
        options.Union());
  return {};
}

Status Write(const graph::Cast& op, const Context& c) {
  auto options =
      schema::CreateCastOptions(c.builder(), WriteType(c.in(0).dtype), WriteType(op.dtype));
  c.Put(BuiltinOperator::CAST, c.node.inputs, BuiltinOptions::CastOptions, options.Union());
  return {};
}

Status Write(const graph::Quantize&, const Context& c) {
  c.Put(BuiltinOperator::QUANTIZE, c.node.inputs, BuiltinOptions::NONE, 0);
  return {};
}

Status Write(const graph::Dequantize&, const Context& c) {
  c.Put(BuiltinOperator::DEQUANTIZE, c.node.inputs, BuiltinOptions::NONE, 0);
  return {};
}

Status Write(const graph::FakeQuant& op, const Context& c) {
  if (!c.in(1).constant || !c.in(2).constant) {
    return Fail(ErrorCode::kUnsupported, "its range is no constant");
  }
  const std::span<const float> min = c.in(1).constant->As<float>();
  if (min.size() != 1) {
    return Fail(
        ErrorCode::kUnsupported, "has ", min.size(),
        " ranges, FAKE_QUANT of a .tflite has one; give --inference_type INT8 for integers");
  }
  auto options =
      schema::CreateFakeQuantOptions(c.builder(), min[0], c.in(2).constant->As<float>()[0],
                                     static_cast<int32_t>(op.bits), op.narrow_range);
  c.Put(BuiltinOperator::FAKE_QUANT, {c.node.inputs[0]}, BuiltinOptions::FakeQuantOptions,
        options.Union());
  return {};
}

Status Write(const graph::Dropout&, const Context&) { return WriteTrainingOnly(); }
Status Write(const graph::TrainingOnly&, const Context&) { return WriteTrainingOnly(); }

}  // namespace goldcrest::formats::tflite
