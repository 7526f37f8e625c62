#include "backends/cpu/quantized.h"

#include <algorithm>
#include <cmath>

namespace goldcrest::backends::cpu {

bool IsQuantized(const Operands& operands) {
  const tensor::DType dtype = operands.in(0).dtype;
  return dtype == tensor::DType::kInt8 || dtype == tensor::DType::kUInt8 ||
         dtype == tensor::DType::kInt16;
}

kernels::IntegerClamp Scaled::range() const {
  const tensor::IntegerLimits limits = *tensor::LimitsOf(dtype);
  return {limits.low, limits.high};
}

Result<Scaled> ScaledOf(const graph::Value& value) {
  auto fail = [&](const auto&... parts) {
    return Fail(ErrorCode::kUnsupported, "'", value.name, "' ", parts...);
  };
  const tensor::Quantization& q = value.quantization;
  if (!tensor::LimitsOf(value.dtype))
    return fail("is ", tensor::NameOf(value.dtype), "; int8, uint8 or int16 expected");
  if (q.scale.size() != 1) return fail("has ", q.scale.size(), " scales; one expected");
  const Scaled scaled{value.dtype, q.scale[0], static_cast<int32_t>(q.zero_point[0])};
  if (!std::isnormal(scaled.scale)) return fail("has a scale of ", scaled.scale);
  if (!scaled.bytes() && scaled.zero != 0) {
    return fail("is int16 with a zero point of ", scaled.zero, "; 0 expected");
  }
  return scaled;
}

Status ExpectFactor(double factor) {
  if (std::isfinite(factor) && std::abs(factor) < 0x1p30) return {};
  return Fail(ErrorCode::kUnsupported, "its scales are too far apart: a factor of ", factor);
}

kernels::IntegerClamp ClampOf(graph::Activation activation, const Scaled& y, bool ties_to_even) {
  kernels::IntegerClamp clamp = y.range();
  if (activation == graph::Activation::kNone) return clamp;
  clamp.low = std::max(clamp.low, y.zero);
  if (activation == graph::Activation::kRelu6) {
    const auto zero = static_cast<float>(y.zero);
    const float bound =
        ties_to_even ? std::nearbyint(6 / y.scale + zero) : std::round(6 / y.scale) + zero;
    if (bound < static_cast<float>(clamp.high)) clamp.high = static_cast<int32_t>(bound);
  }
  return clamp;
}

}  // namespace goldcrest::backends::cpu
