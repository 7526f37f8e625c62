// Softmax over rows of int8, uint8 or int16; the result has x's type.
//
//   fixed point (8 bits):  exp and the reciprocal of their sum in fixed point, after gemmlowp:
//                          TensorFlow Lite's reference kernel
//   table (8 bits):        exp from a table of 256 float32, their sum in float32, a row's elements
//                          in order: LiteRT's kernel
//   int16:                 exp and reciprocal from tables of 513 int16, interpolated
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "kernels/fixed_point.h"
#include "tensor/dtype.h"

namespace goldcrest::kernels::quantized_softmax {

enum class Formula : uint8_t { kFixedPoint, kTable, kInt16 };

struct Params {
  Formula formula = Formula::kTable;
  tensor::DType dtype = tensor::DType::kInt8;
  int64_t classes = 1;
  FixedPoint factor;  // of differences: kFixedPoint, kInt16
  int32_t least = 0;  // kFixedPoint: the least difference from the largest that counts
  std::array<float, 256> powers = {};  // kTable: exp(beta · x_scale · (i − 255))
  float y_scale = 1;                   // kTable
  int32_t y_zero = 0;                  // kTable
};

// The formula's parameters; the type and `classes` are set before. beta · x_scale is positive and
// finite.
void SetFixedPoint(Params& params, float x_scale, float beta);
void SetTable(Params& params, float x_scale, float beta, float y_scale, int32_t y_zero);
void SetInt16(Params& params, float x_scale, float beta);

// Computes the rows [first, last) of `classes` elements.
void Reference(const Params& params, const std::byte* x, std::byte* y, int64_t first,
               int64_t last) noexcept;

}  // namespace goldcrest::kernels::quantized_softmax
