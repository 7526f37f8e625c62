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

}  // namespace goldcrest::quantize
