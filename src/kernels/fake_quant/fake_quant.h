// What integers would make of reals, float32:
//
//   y = round((clamp(x, low, high) − low) / step) · step + low
//
// Low and high are min and max, moved by less than a step so that zero is one of the steps between
// them. In float32 and in the order in which TensorFlow does it, for a step more or less is no
// rounding error.
#pragma once

#include <cstdint>

namespace goldcrest::kernels::fake_quant {

struct Params {
  int bits = 8;
  bool narrow_range = false;  // the lowest integer is not used
  int64_t ranges = 1;         // element i is in range (i / inner) % ranges
  int64_t inner = 1;
};

// A range without the rest of Params: what its ends become, and how far integers are apart.
struct Grid {
  float low = 0, high = 0;
  float step = 0;  // 0: the range is empty, and everything becomes 0
};
Grid GridOf(float min, float max, int bits, bool narrow_range);

// Computes the elements [first, last).
void Reference(const Params& params, const float* x, const float* min, const float* max, float* y,
               int64_t first, int64_t last) noexcept;

}  // namespace goldcrest::kernels::fake_quant
