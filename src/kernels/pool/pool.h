// Pooling, float32: y[n, i, j, c] is the mean, or the largest, of x over the window's pixels that
// lie inside of the picture (TensorFlow does not count padding). x and y NHWC, dense.
#pragma once

#include <cstdint>

#include "kernels/row.h"
#include "kernels/window.h"

namespace goldcrest::kernels::pool {

struct Params {
  Window window;
  int64_t channels = 1;
  Clamp clamp;
};

// Computes the output rows [first, last) of the batch · out_h rows in all.
void AverageReference(const Params& params, const float* x, float* y, int64_t first,
                      int64_t last) noexcept;
void MaxReference(const Params& params, const float* x, float* y, int64_t first,
                  int64_t last) noexcept;

}  // namespace goldcrest::kernels::pool
