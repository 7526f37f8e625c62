// y = clamp(f(x)) on integers that stand for reals, elementwise: functions of one operand, and
// changes of scale and type. x and y are int8, uint8 or int16. With X = x − x_zero,
//
//   slopes:          y_zero + X · (X < 0 ? negative : positive), as MultiplyDouble rounds it:
//                    relu, relu6, leaky relu and requantization
//   slopes, up:      the same as MultiplyDoubleUp rounds it
//   slopes, XNNPACK: the same with slopes of eight fractional bits, rounded once, half up
//   hard-swish:      in fixed point of 16 bits (8-bit x and y)
//   logistic, tanh:  of 8-bit x, in float32, rounded as TensorFlow Lite or as XNNPACK does; of
//                    int16, by lines between 256 points, or in fixed point after gemmlowp
//
// Formulas: TensorFlow Lite's reference kernels, LiteRT's and XNNPACK's.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/byte_table/byte_table.h"
#include "kernels/fixed_point.h"
#include "kernels/quantized.h"
#include "tensor/dtype.h"

namespace goldcrest::kernels::quantized_unary {

enum class Formula : uint8_t {
  kSlopes,
  kSlopesUp,
  kSlopesXnnpack,
  kHardSwish,
  kLogistic,
  kLogisticXnnpack,
  kLogisticLines,
  kLogisticFixedPoint,
  kTanh,
  kTanhXnnpack,
  kTanhLines,
  kTanhFixedPoint,
};

// How an operand stands for reals.
struct Scaled {
  tensor::DType dtype = tensor::DType::kInt8;
  float scale = 1;
  int32_t zero = 0;
};

// A factor of 16 bits: multiplier · 2^(shift − 15).
struct ShortFactor {
  int16_t multiplier = 0;
  int shift = 0;
};

struct Params {
  Formula formula = Formula::kSlopes;
  Scaled x, y;
  IntegerClamp clamp;
  FixedPoint positive, negative;  // kSlopes, kSlopesUp
  bool falls = false;             // kSlopes and kSlopesUp: `negative` is to be negated
  int32_t short_positive = 256, short_negative = 256;  // kSlopesXnnpack: 2^8 times the slopes
  ShortFactor size, gate;                              // kHardSwish: of x · 2^7
  int64_t multiplier = 0;  // kLogisticLines, kTanhLines: brings x to 1/12288,
  int shift = 0;           // shifted right by this; of kTanhFixedPoint, left
};

// The formula's parameters for the scales in `params`, which are positive, and have ratios below
// 2^30. Slopes may be negative below zero.
void SetSlopes(Params& params, double positive, double negative);
void SetSlopesXnnpack(Params& params, float positive, float negative);
void SetHardSwish(Params& params);
// Of int16, `exact_powers` chooses fixed point for scales that are powers of two, as LiteRT does.
void SetLogistic(Params& params, bool exact_powers);
void SetTanh(Params& params, bool exact_powers);

// f(x) for one element.
int32_t Apply(const Params& params, int32_t x);

// All of an 8-bit function's results, by x's byte.
byte_table::Table MakeTable(const Params& params);

// Computes the elements [first, last), of any types, by the formula.
void Reference(const Params& params, const std::byte* x, std::byte* y, int64_t first,
               int64_t last) noexcept;

}  // namespace goldcrest::kernels::quantized_unary
