#include "backends/cpu/lower.h"
#include "backends/cpu/quantized.h"
#include "kernels/batch_norm/batch_norm.h"
#include "kernels/binary/binary.h"
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
