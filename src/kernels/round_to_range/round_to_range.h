// What TensorFlow Lite makes of float32 activations in front of integer weights: each item is
// quantized to int8 by a scale and zero point of its own. Here the result is float32 again,
//
//   y = scale · (clamp(round(x / scale + zero_point)) − zero_point),
//
// which a float layer sums as exactly. Asymmetric: the scale is (max(x, 0) − min(x, 0)) / 255 and 0
// is one of the steps; symmetric: it is max |x| / 127. Formulas: TensorFlow Lite's reference
// kernels.
#pragma once

#include <cstdint>

namespace goldcrest::kernels::round_to_range {

struct Params {
  int64_t elements = 1;  // of an item
  bool symmetric = false;
};

// Computes the items [first, last).
void Reference(const Params& params, const float* x, float* y, int64_t first,
               int64_t last) noexcept;

}  // namespace goldcrest::kernels::round_to_range
