// Dequantization: y = scale · (q − zero_point), rounded once, or a float16 widened.
#pragma once

#include <cstdint>
#include <span>

#include "tensor/dtype.h"

namespace goldcrest::kernels::dequantize {

// q and y are [outer, channels, inner]; scale and zero point have an element a channel. All empty
// for float16.
struct Params {
  tensor::DType dtype = tensor::DType::kInt8;  // of q: int8, uint8, int16 or float16
  int64_t outer = 1, channels = 1, inner = 1;
  std::span<const float> scale;
  std::span<const int64_t> zero_point;
};

void Reference(const Params& params, const std::byte* q, float* y) noexcept;

}  // namespace goldcrest::kernels::dequantize
