#include "kernels/dequantize/dequantize.h"

#include "tensor/half.h"

namespace goldcrest::kernels::dequantize {
namespace {

template <class T>
void Scaled(const Params& p, const T* q, float* y) noexcept {
  for (int64_t o = 0; o < p.outer; ++o) {
    for (int64_t c = 0; c < p.channels; ++c) {
      const float scale = p.scale[static_cast<size_t>(c)];
      const int64_t zero = p.zero_point[static_cast<size_t>(c)];
      for (int64_t i = 0; i < p.inner; ++i) *y++ = scale * static_cast<float>(*q++ - zero);
    }
  }
}

void Widened(const Params& p, const uint16_t* q, float* y) noexcept {
  const int64_t count = p.outer * p.channels * p.inner;
  for (int64_t i = 0; i < count; ++i) y[i] = tensor::HalfToFloat(q[i]);
}

}  // namespace

void Reference(const Params& params, const std::byte* q, float* y) noexcept {
  switch (params.dtype) {
    case tensor::DType::kUInt8:
      return Scaled(params, reinterpret_cast<const uint8_t*>(q), y);
    case tensor::DType::kInt16:
      return Scaled(params, reinterpret_cast<const int16_t*>(q), y);
    case tensor::DType::kFloat16:
      return Widened(params, reinterpret_cast<const uint16_t*>(q), y);
    default:
      return Scaled(params, reinterpret_cast<const int8_t*>(q), y);
  }
}

}  // namespace goldcrest::kernels::dequantize
