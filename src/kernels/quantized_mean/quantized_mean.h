// The mean over neighbouring dimensions of a dense tensor of int8, uint8 or int16, seen as [outer,
// reduced, inner], on the result's scale. With S = Σ_r x[o, r, i] − offset, in 32 bits,
//
//   two roundings:  y = clamp(y_zero + S · factor), as MultiplyDouble rounds it, or as
//                   MultiplyDoubleUp does for i < up
//   XNNPACK:        y = rint(clamp(float32(S) · scale + shift)), ties to even, the offset being 0
#pragma once

#include <cstddef>
#include <span>

#include "kernels/fixed_point.h"
#include "kernels/quantized.h"
#include "kernels/row.h"

namespace goldcrest::kernels::quantized_mean {

struct Params {
  tensor::DType dtype = tensor::DType::kInt8;
  int64_t outer = 1, reduced = 1, inner = 1;
  int32_t offset = 0;
  int32_t y_zero = 0;
  IntegerClamp clamp;
  bool xnnpack = false;
  FixedPoint factor;  // of two roundings
  int64_t up = 0;
  float scale = 1, shift = 0;  // of XNNPACK
};

// How an operand stands for reals.
struct Scaled {
  float scale;
  int32_t zero;
};

// Each sets `offset`, `y_zero` and what the formula needs; sizes are set before.
//
// TensorFlow Lite's reference kernel: the factor of the scales, divided by `reduced` in integers.
void SetReference(Params& params, Scaled x, Scaled y);
// LiteRT's kernel for the mean over height and width that keeps dimensions: the factor rounded to
// float32, the zero point's share to an integer. Its vectors of 16 int8 channels round halves up.
void SetPicture(Params& params, Scaled x, Scaled y);
void SetXnnpack(Params& params, Scaled x, Scaled y);

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  // Computes the elements [first, last) of y.
  void (*run)(const Params& params, const std::byte* x, std::byte* y, int64_t first,
              int64_t last) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

// What the rows bind.
void RunReference(const Params& params, const std::byte* x, std::byte* y, int64_t first,
                  int64_t last) noexcept;
void RunAvx2(const Params& params, const std::byte* x, std::byte* y, int64_t first,
             int64_t last) noexcept;
void RunAvx512(const Params& params, const std::byte* x, std::byte* y, int64_t first,
               int64_t last) noexcept;
void RunNeon(const Params& params, const std::byte* x, std::byte* y, int64_t first,
             int64_t last) noexcept;

}  // namespace goldcrest::kernels::quantized_mean
