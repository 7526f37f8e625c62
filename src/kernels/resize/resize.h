// Pictures of NHWC at another size. A table says for each row, and each column, of the result
// between which two of the input it lies and how far.
// With v of the way from row to row and h from column to column, and a b over c d the four pixels:
//
//   real:        a · (1 − v)(1 − h) + b · (1 − v) h + c · v (1 − h) + d · v h
//                of bytes, plus 1/2, cut off: TensorFlow Lite's kernels of uint8
//   columns:     the same, of bytes: a · (1 − v) · (1 − h) + c … + b … + d …, in this order:
//                TensorFlow Lite's reference kernel of uint8
//   ten bits:    the same with h and v as integers of 2^-10, rounded once, halves away from zero:
//                TensorFlow Lite's kernels of int8 and int16
//   eleven bits: a + h · (b − a) and so on with h and v of 2^-11, rounded once, halves up:
//   XNNPACK's
//                ibilinear
#pragma once

#include <cstddef>
#include <cstdint>

#include "tensor/dtype.h"

namespace goldcrest::kernels::resize {

// What output index i of a dimension shows.
struct Tap {
  int32_t low, high;  // indices of the input
  int32_t fixed;      // how far from low to high, in 2^-10 or 2^-11
  float real;
};

// How places are found.
struct Mapping {
  bool align_corners = false, half_pixel_centers = false;
};

enum class Formula : uint8_t { kReal, kColumns, kTenBits, kElevenBits };

// The tap of output index i for `in` elements that become `out`.
Tap TapOf(Formula formula, Mapping mapping, int64_t i, int64_t in, int64_t out);
// The index that resizing to the nearest shows.
int32_t NearestOf(Mapping mapping, int64_t i, int64_t in, int64_t out);

struct Params {
  Formula formula = Formula::kReal;
  tensor::DType dtype = tensor::DType::kFloat32;  // or int8, uint8, int16
  int64_t in_h = 1, in_w = 1, out_h = 1, out_w = 1, channels = 1;
};

// Writes the rows [first, last) of all pictures.
void Bilinear(const Params& params, const Tap* rows, const Tap* columns, const std::byte* x,
              std::byte* y, int64_t first, int64_t last) noexcept;

// The same, picking pixels of `pixel_bytes`.
void Nearest(const Params& params, int64_t pixel_bytes, const int32_t* rows, const int32_t* columns,
             const std::byte* x, std::byte* y, int64_t first, int64_t last) noexcept;

}  // namespace goldcrest::kernels::resize
