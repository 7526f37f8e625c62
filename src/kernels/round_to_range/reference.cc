#include <algorithm>
#include <cmath>

#include "kernels/round_to_range/round_to_range.h"

namespace goldcrest::kernels::round_to_range {
namespace {

struct Steps {
  float scale = 1;
  float zero = 0;
  float low = -128;
};

Steps Symmetric(float least, float greatest) {
  const float reach = std::max(std::fabs(least), std::fabs(greatest));
  return {reach > 0 ? reach / 127 : 1, 0, -127};
}

// The zero point is worked out at the end of the range where that loses less.
Steps Asymmetric(float least, float greatest) {
  const double low = std::min(least, 0.0F);
  const double high = std::max(greatest, 0.0F);
  if (low == high) return {};
  const double scale = (high - low) / 255;
  const bool from_low = 128 + std::fabs(low / scale) < 127 + std::fabs(high / scale);
  const double zero = from_low ? -128 - low / scale : 127 - high / scale;
  return {static_cast<float>(scale),
          static_cast<float>(std::round(std::clamp(zero, -128.0, 127.0))), -128};
}

}  // namespace

void Reference(const Params& params, const float* x, float* y, int64_t first,
               int64_t last) noexcept {
  for (int64_t item = first; item < last; ++item) {
    const float* in = x + item * params.elements;
    float* out = y + item * params.elements;
    float least = 0, greatest = 0;
    for (int64_t i = 0; i < params.elements; ++i) {
      least = std::min(least, in[i]);
      greatest = std::max(greatest, in[i]);
    }
    const Steps steps = params.symmetric ? Symmetric(least, greatest) : Asymmetric(least, greatest);
    const float inverse = 1 / steps.scale;
    for (int64_t i = 0; i < params.elements; ++i) {
      const float q = std::round(steps.zero + in[i] * inverse);
      out[i] = steps.scale * (std::clamp(q, steps.low, 127.0F) - steps.zero);
    }
  }
}

}  // namespace goldcrest::kernels::round_to_range
