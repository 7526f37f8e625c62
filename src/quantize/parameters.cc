#include "quantize/parameters.h"

#include <limits>

#include "base/check.h"

namespace goldcrest::quantize {

using tensor::DType;
using tensor::Quantization;

Range RangeOf(std::span<const float> elements) {
  Range range;
  for (float x : elements) range = range.Union({x, x});
  return range;
}

Limits LimitsOf(DType dtype) {
  switch (dtype) {
    case DType::kInt8:
      return {-128, 127};
    case DType::kUInt8:
      return {0, 255};
    case DType::kInt16:
      return {-32768, 32767};
    default:
      GOLDCREST_CHECK(false);
  }
}

Quantization ParametersOf(const Range& range, DType dtype) {
  const Limits limits = LimitsOf(dtype);
  const double low = std::min(range.low, 0.0);
  const double high = std::max(range.high, 0.0);
  if (low == high) return {{1.0F}, {dtype == DType::kInt16 ? 0 : limits.lowest}};
  constexpr double kLeastScale = std::numeric_limits<float>::min();
  if (dtype == DType::kInt16) {
    const double scale = std::max(-low, high) / limits.highest;
    return {{static_cast<float>(std::max(scale, kLeastScale))}, {0}};
  }
  const double scale = std::max((high - low) / (limits.highest - limits.lowest), kLeastScale);
  const double zero = std::round(limits.lowest - low / scale);
  return {{static_cast<float>(scale)},
          {std::clamp(static_cast<int64_t>(zero), static_cast<int64_t>(limits.lowest),
                      static_cast<int64_t>(limits.highest))}};
}

Quantization Shifted(const Quantization& parameters, DType from, DType to) {
  Quantization shifted = parameters;
  shifted.zero_point[0] += LimitsOf(to).lowest - LimitsOf(from).lowest;
  return shifted;
}

}  // namespace goldcrest::quantize
