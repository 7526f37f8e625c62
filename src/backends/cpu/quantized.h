// Lowerings of operators on quantized tensors: Lower calls them where IsQuantized holds. Which
// formula an operator follows in which arithmetic is settled here; `xnnpack` falls back to
// `builtin` where LiteRT's delegate leaves an operator to LiteRT.
#pragma once

#include "backends/cpu/lower.h"
#include "kernels/quantized.h"
#include "kernels/quantized_layer.h"

namespace goldcrest::backends::cpu {

// Whether the first operand is int8, uint8 or int16.
bool IsQuantized(const Operands& operands);

// How a value stands for reals.
struct Scaled {
  tensor::DType dtype;
  float scale;
  int32_t zero;

  bool bytes() const { return dtype != tensor::DType::kInt16; }
  kernels::IntegerClamp range() const;
};

// An error unless the value is int8, uint8 or int16 (whose zero point is 0) with one scale, which
// is a positive number.
Result<Scaled> ScaledOf(const graph::Value& value);

// An error unless a factor between scales is small enough to be held in fixed point.
Status ExpectFactor(double factor);

// The integers that an activation clamps to, rounded to nearest, halves away from zero; to even, as
// XNNPACK rounds them, where `ties_to_even` is set.
kernels::IntegerClamp ClampOf(graph::Activation activation, const Scaled& y, bool ties_to_even);

// An error unless weights have one scale, or one for each of `channels`, and one zero point for
// all.
Status CheckFilter(const graph::Value& filter, int64_t channels);

Lowered LowerQuantized(const graph::Conv2D& op, const Operands& operands);
Lowered LowerQuantized(const graph::DepthwiseConv2D& op, const Operands& operands);
Lowered LowerQuantized(const graph::FullyConnected& op, const Operands& operands);
Lowered LowerQuantized(const graph::Add& op, const Operands& operands);
Lowered LowerQuantized(const graph::Mul& op, const Operands& operands);
Lowered LowerQuantized(const graph::Sub& op, const Operands& operands);
Lowered LowerQuantized(const graph::Maximum& op, const Operands& operands);
Lowered LowerQuantized(const graph::Minimum& op, const Operands& operands);
Lowered LowerQuantized(const graph::Prelu& op, const Operands& operands);
Lowered LowerQuantized(const graph::Activate& op, const Operands& operands);
Lowered LowerQuantized(const graph::HardSwish& op, const Operands& operands);
Lowered LowerQuantized(const graph::Logistic& op, const Operands& operands);
Lowered LowerQuantized(const graph::Tanh& op, const Operands& operands);
Lowered LowerQuantized(const graph::LeakyRelu& op, const Operands& operands);
Lowered LowerQuantized(const graph::Mean& op, const Operands& operands);
Lowered LowerQuantized(const graph::AveragePool2D& op, const Operands& operands);
Lowered LowerQuantized(const graph::MaxPool2D& op, const Operands& operands);
Lowered LowerQuantized(const graph::Softmax& op, const Operands& operands);

// QUANTIZE of integers: from one scale or type to another.
Lowered LowerRequantize(const Operands& operands);

}  // namespace goldcrest::backends::cpu
