// Batch normalization, float32, over a dense tensor whose last dimension is the channels:
//
//   y = gamma · (x − mean) / sqrt(variance + epsilon) + beta
//
// The passes fold it into a convolution; what is left is a model as it was imported.
#pragma once

#include <cstdint>

namespace goldcrest::kernels::batch_norm {

struct Params {
  int64_t channels = 1;
  double epsilon = 0;
};

// In double. Computes the rows [first, last) of `channels` elements.
void Reference(const Params& params, const float* x, const float* gamma, const float* beta,
               const float* mean, const float* variance, float* y, int64_t first,
               int64_t last) noexcept;

}  // namespace goldcrest::kernels::batch_norm
