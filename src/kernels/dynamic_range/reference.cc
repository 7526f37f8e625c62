#include <algorithm>
#include <cmath>

#include "kernels/dynamic_range/dynamic_range.h"

namespace goldcrest::kernels::dynamic_range {
namespace {

Steps Symmetric(const Range& range) {
  const float reach = std::max(-range.least, range.greatest);
  if (reach == 0) return {.low = -127};
  return {.scale = reach / 127, .inverse = 127 / reach, .low = -127};
}

// The zero point is worked out at the end of the range where that loses less.
Steps Asymmetric(const Range& range) {
  const float low = range.least, high = range.greatest;
  if (low == high) return {};
  const float scale = (high - low) / 255;
  const bool from_low = 128 + std::fabs(low / scale) < 127 + std::fabs(high / scale);
  const float zero = from_low ? -128 - low / scale : 127 - high / scale;
  // Of a range beyond all numbers it is none.
  const float in_range = std::isnan(zero) ? 0 : std::clamp(zero, -128.0F, 127.0F);
  return {.scale = scale, .inverse = 1 / scale, .zero = static_cast<int32_t>(std::round(in_range))};
}

// Less the zero point.
int32_t Step(const Steps& steps, float x) {
  const auto low = static_cast<float>(steps.low - steps.zero);
  const auto high = static_cast<float>(127 - steps.zero);
  const float q = x * steps.inverse;
  return static_cast<int32_t>(q > low ? std::round(std::min(q, high)) : low);
}

}  // namespace

Steps StepsOf(const Params& params, const Range& range) {
  return params.symmetric ? Symmetric(range) : Asymmetric(range);
}

Range RangeReference(const float* x, int64_t count) noexcept {
  Range range;
  for (int64_t i = 0; i < count; ++i) {
    range.least = std::min(range.least, x[i]);
    range.greatest = std::max(range.greatest, x[i]);
  }
  return range;
}

void QuantizeReference(const Steps& steps, const float* x, int64_t count, std::byte* q) noexcept {
  for (int64_t i = 0; i < count; ++i) {
    q[i] = static_cast<std::byte>(steps.zero + Step(steps, x[i]));
  }
}

void CentreReference(const Steps& steps, const float* x, int64_t count, float* q) noexcept {
  for (int64_t i = 0; i < count; ++i) q[i] = static_cast<float>(Step(steps, x[i]));
}

void ToRealsReference(const Reals& out, const Channels& channels, int64_t pixels,
                      float* y) noexcept {
  for (int64_t pixel = 0; pixel < pixels; ++pixel, y += channels.count) {
    for (int64_t c = 0; c < channels.count; ++c) {
      const Multiplier m = {.real = channels.scales[c], .fixed = {}, .bias = channels.biases[c]};
      y[c] = ToReal(out, m, static_cast<int32_t>(y[c]));
    }
  }
}

}  // namespace goldcrest::kernels::dynamic_range
