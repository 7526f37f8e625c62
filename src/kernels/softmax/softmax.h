// Softmax, float32: y[r, i] = exp(beta · (x[r, i] − max x[r])) / Σ_j exp(beta · (x[r, j] − max
// x[r])).
#pragma once

#include <cstdint>

namespace goldcrest::kernels::softmax {

struct Params {
  int64_t rows = 1;
  int64_t classes = 1;
  double beta = 1;
};

void Reference(const Params& params, const float* x, float* y) noexcept;

}  // namespace goldcrest::kernels::softmax
