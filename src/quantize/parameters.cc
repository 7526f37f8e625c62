#include "quantize/parameters.h"

#include <limits>

namespace goldcrest::quantize {

using tensor::DType;
using tensor::Quantization;

Range RangeOf(std::span<const float> elements) {
  Range range;
  for (float x : elements) range = range.Union({x, x});
  return range;
}

Range Symmetric(const Range& range, DType dtype) {
  const tensor::IntegerLimits limits = *tensor::LimitsOf(dtype);
  const double farthest = std::max(-range.low, range.high);
  const double step = farthest > 0 ? farthest / limits.high : 1;
  return {limits.low * step, limits.high * step};
}

Quantization ParametersOf(const Range& range, DType dtype) {
  const tensor::IntegerLimits limits = *tensor::LimitsOf(dtype);
  const double low = std::min(range.low, 0.0);
  const double high = std::max(range.high, 0.0);
  if (low == high) return {{1.0F}, {dtype == DType::kInt16 ? 0 : limits.low}};
  constexpr double kLeastScale = std::numeric_limits<float>::min();
  if (dtype == DType::kInt16) {
    const double scale = std::max(-low, high) / limits.high;
    return {{static_cast<float>(std::max(scale, kLeastScale))}, {0}};
  }
  const double scale = std::max((high - low) / (limits.high - limits.low), kLeastScale);
  const double zero = std::round(limits.low - low / scale);
  return {{static_cast<float>(scale)},
          {std::clamp(static_cast<int64_t>(zero), static_cast<int64_t>(limits.low),
                      static_cast<int64_t>(limits.high))}};
}

Quantization Shifted(const Quantization& parameters, DType from, DType to) {
  Quantization shifted = parameters;
  shifted.zero_point[0] += tensor::LimitsOf(to)->low - tensor::LimitsOf(from)->low;
  return shifted;
}

void RoundToGrid(const Quantization& parameters, DType dtype, std::span<float> elements) {
  // Adding and taking away again leaves no room for a fraction, as long as sums stay below 2^23.
  constexpr float kNoFraction = 0x1.8p23F;
  const tensor::IntegerLimits limits = *tensor::LimitsOf(dtype);
  const float scale = parameters.scale[0];
  const float per_unit = 1 / scale;
  const auto low = static_cast<float>(limits.low - parameters.zero_point[0]);
  const auto high = static_cast<float>(limits.high - parameters.zero_point[0]);
  for (float& x : elements) {
    const float steps = std::min(std::max(x * per_unit, low), high);
    x = ((steps + kNoFraction) - kNoFraction) * scale;
  }
}

}  // namespace goldcrest::quantize
