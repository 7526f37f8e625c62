// y = x / sqrt(Σ x²) over the last dimension. Integers are computed as TensorFlow Lite does: the
// root's reciprocal by five steps of Newton's method in fixed point, and results of scale 1/128.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tensor/dtype.h"

namespace goldcrest::kernels::l2_normalize {

struct Params {
  tensor::DType dtype = tensor::DType::kFloat32;  // or int8, uint8
  int64_t channels = 1;                           // of integers at most 2^14
  int32_t x_zero = 0;                             // of integers
};

inline constexpr int64_t kMostChannels = 1 << 14;  // whose squares' sum 31 bits hold

// Computes the rows [first, last). The zero point of the result is 0, or 128 of uint8.
void Run(const Params& params, const std::byte* x, std::byte* y, int64_t first,
         int64_t last) noexcept;

}  // namespace goldcrest::kernels::l2_normalize
