#include <algorithm>
#include <bit>

#include "kernels/quantized_mean/quantized_mean.h"

namespace goldcrest::kernels::quantized_mean {
namespace {

void SetZeroPoints(Params& params, Scaled x, Scaled y) {
  // In 32 bits, as the sum is.
  params.offset =
      static_cast<int32_t>(static_cast<uint32_t>(x.zero) * static_cast<uint32_t>(params.reduced));
  params.y_zero = y.zero;
}

}  // namespace

void SetReference(Params& params, Scaled x, Scaled y) {
  SetZeroPoints(params, x, y);
  params.xnnpack = false;
  params.up = 0;
  params.factor = QuantizeMultiplier(static_cast<double>(x.scale) / static_cast<double>(y.scale));
  // Shifted left as far as the quotient keeps to 31 bits, but no factor under 2^-31.
  int shift = std::bit_width(static_cast<uint64_t>(params.reduced)) - 1;
  shift = std::min({shift, 32, 31 + params.factor.shift});
  params.factor.multiplier =
      static_cast<int32_t>((int64_t{params.factor.multiplier} << shift) / params.reduced);
  params.factor.shift -= shift;
}

void SetPicture(Params& params, Scaled x, Scaled y) {
  params.xnnpack = false;
  params.offset = 0;
  const float zero = static_cast<float>(x.zero) * x.scale / y.scale;
  params.y_zero = y.zero - static_cast<int32_t>(zero > 0 ? zero + 0.5F : zero - 0.5F);
  const auto count = static_cast<float>(params.reduced);
  params.factor = QuantizeMultiplier(x.scale / (count * y.scale));
  params.up = params.dtype == tensor::DType::kInt8 ? params.inner / 16 * 16 : 0;
}

void SetXnnpack(Params& params, Scaled x, Scaled y) {
  params.xnnpack = true;
  params.offset = 0;
  params.y_zero = 0;
  params.scale = x.scale / y.scale * (1 / static_cast<float>(params.reduced));
  // Both zero points, rounded once more: what would be a tie need not be one.
  const auto zeros = static_cast<float>(x.zero * params.reduced);
  params.shift = static_cast<float>(y.zero) - zeros * params.scale;
}

}  // namespace goldcrest::kernels::quantized_mean
