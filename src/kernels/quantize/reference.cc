#include <algorithm>
#include <cmath>

#include "kernels/quantize/quantize.h"

namespace goldcrest::kernels::quantize {
namespace {

template <class T>
void Run(const Params& params, const float* x, T* y, int64_t first, int64_t last) {
  const tensor::IntegerLimits limits = *tensor::LimitsOf(params.dtype);
  const auto low = static_cast<float>(limits.low - params.zero_point);
  const auto high = static_cast<float>(limits.high - params.zero_point);
  const float inverse = 1 / params.scale;
  for (int64_t i = first; i < last; ++i) {
    const float rounded =
        params.ties_to_even ? std::nearbyint(x[i] * inverse) : std::round(x[i] / params.scale);
    const float clamped = rounded > low ? std::min(rounded, high) : low;
    y[i] = static_cast<T>(static_cast<int32_t>(clamped) + params.zero_point);
  }
}

}  // namespace

void RunReference(const Params& params, const float* x, std::byte* y, int64_t first,
                  int64_t last) noexcept {
  switch (params.dtype) {
    case tensor::DType::kUInt8:
      return Run(params, x, reinterpret_cast<uint8_t*>(y), first, last);
    case tensor::DType::kInt16:
      return Run(params, x, reinterpret_cast<int16_t*>(y), first, last);
    default:
      return Run(params, x, reinterpret_cast<int8_t*>(y), first, last);
  }
}

}  // namespace goldcrest::kernels::quantize
