#include "backends/cpu/lower.h"
#include "backends/cpu/quantized.h"
#include "kernels/batch_norm/batch_norm.h"
#include "kernels/binary/binary.h"
#include "kernels/cast/cast.h"
#include "kernels/math/math.h"
#include "kernels/unary/unary.h"

namespace goldcrest::backends::cpu {
namespace {

Lowered LowerBinary(kernels::binary::Operator op, graph::Activation activation,
                    const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  const kernels::binary::Params params = kernels::binary::Broadcast(
      op, operands.in(0).shape, operands.in(1).shape, ClampOf(activation));
  const kernels::binary::Row& row = Choose(kernels::binary::Rows(), params, operands);
  const int64_t elements = *tensor::ElementCount(operands.out().shape);
  runtime::Step step =
      InChunks(row.name, elements, 1,
               [params, run = row.run](int64_t first, int64_t last, const runtime::Buffers& b) {
                 run(params, b.In<float>(0), b.In<float>(1), b.Out<float>(0), first, last);
               });
  if (operands.in(0).shape == operands.in(1).shape) AddElementwiseProgress(step, elements);
  return Explained(std::move(step), kernels::binary::Rows(), params, operands);
}

Lowered LowerUnary(const kernels::unary::Params& params, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  const kernels::unary::Row& row = Choose(kernels::unary::Rows(), params, operands);
  const int64_t elements = *tensor::ElementCount(operands.out().shape);
  runtime::Step step =
      InChunks(row.name, elements, 1,
               [params, run = row.run](int64_t first, int64_t last, const runtime::Buffers& b) {
                 run(params, b.In<float>(0), b.Out<float>(0), first, last);
               });
  AddElementwiseProgress(step, elements);
  return Explained(std::move(step), kernels::unary::Rows(), params, operands);
}

}  // namespace

Lowered Lower(const graph::Add& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  return LowerBinary(kernels::binary::Operator::kAdd, op.activation, operands);
}

Lowered Lower(const graph::Mul& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  return LowerBinary(kernels::binary::Operator::kMul, op.activation, operands);
}

Lowered Lower(const graph::Sub& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  return LowerBinary(kernels::binary::Operator::kSub, op.activation, operands);
}

Lowered Lower(const graph::Div& op, const Operands& operands) {
  return LowerBinary(kernels::binary::Operator::kDiv, op.activation, operands);
}

Lowered Lower(const graph::Maximum& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  return LowerBinary(kernels::binary::Operator::kMaximum, graph::Activation::kNone, operands);
}

Lowered Lower(const graph::Minimum& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  return LowerBinary(kernels::binary::Operator::kMinimum, graph::Activation::kNone, operands);
}

Lowered Lower(const graph::Prelu& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  return LowerBinary(kernels::binary::Operator::kPrelu, graph::Activation::kNone, operands);
}

Lowered Lower(const graph::Activate& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  return LowerUnary({.function = kernels::unary::Function::kClamp, .clamp = ClampOf(op.activation)},
                    operands);
}

Lowered Lower(const graph::HardSwish& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  return LowerUnary({.function = kernels::unary::Function::kHardSwish}, operands);
}

Lowered Lower(const graph::Logistic& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  return LowerUnary({.function = kernels::unary::Function::kLogistic}, operands);
}

Lowered Lower(const graph::Tanh& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  return LowerUnary({.function = kernels::unary::Function::kTanh}, operands);
}

Lowered Lower(const graph::LeakyRelu& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  return LowerUnary(
      {.function = kernels::unary::Function::kLeakyRelu, .alpha = static_cast<float>(op.alpha)},
      operands);
}

Lowered Lower(const graph::Math& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  using kernels::math::Function;
  static_assert(static_cast<int>(Function::kSquare) ==  // one order
                static_cast<int>(graph::MathFunction::kSquare));
  return InChunks("math", *tensor::ElementCount(operands.out().shape), 1,
                  [function = static_cast<Function>(op.function)](int64_t first, int64_t last,
                                                                  const runtime::Buffers& b) {
                    kernels::math::Run(function, b.In<float>(0), b.Out<float>(0), first, last);
                  });
}

Lowered Lower(const graph::Cast& op, const Operands& operands) {
  const tensor::DType from = operands.in(0).dtype;
  return InChunks("cast", *tensor::ElementCount(operands.out().shape), 1,
                  [from, to = op.dtype](int64_t first, int64_t last, const runtime::Buffers& b) {
                    kernels::cast::Run(from, to, b.In<std::byte>(0), b.Out<std::byte>(0), first,
                                       last);
                  });
}

Lowered Lower(const graph::BatchNorm& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  const int64_t channels = operands.out().shape.back();
  const int64_t rows = *tensor::ElementCount(operands.out().shape) / channels;
  const kernels::batch_norm::Params params{.channels = channels, .epsilon = op.epsilon};
  return InChunks("batch_norm_f32_reference", rows, channels,
                  [params](int64_t first, int64_t last, const runtime::Buffers& b) {
                    kernels::batch_norm::Reference(params, b.In<float>(0), b.In<float>(1),
                                                   b.In<float>(2), b.In<float>(3), b.In<float>(4),
                                                   b.Out<float>(0), first, last);
                  });
}

}  // namespace goldcrest::backends::cpu
