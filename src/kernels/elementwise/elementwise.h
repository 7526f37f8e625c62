// Elementwise float32 arithmetic over dense tensors.
#pragma once

#include <array>
#include <cstdint>

#include "kernels/row.h"

namespace goldcrest::kernels::elementwise {

inline constexpr int kMostDimensions = 8;

// a op b, where b is broadcast over a: `b_stride[d]` is the step in b along dimension d of a, 0
// where b has one element there. Unused leading dimensions are 1.
struct BroadcastParams {
  std::array<int64_t, kMostDimensions> shape;
  std::array<int64_t, kMostDimensions> b_stride;
  Clamp clamp;
};

void Add(const BroadcastParams& params, const float* a, const float* b, float* y) noexcept;
void Mul(const BroadcastParams& params, const float* a, const float* b, float* y) noexcept;

// y = clamp(x).
void Activate(Clamp clamp, int64_t count, const float* x, float* y) noexcept;

// y = x · relu6(x + 3) / 6.
void HardSwish(int64_t count, const float* x, float* y) noexcept;

// y = 1 / (1 + exp(−x)).
void Logistic(int64_t count, const float* x, float* y) noexcept;

void Tanh(int64_t count, const float* x, float* y) noexcept;

// y = x where it is positive, else alpha · x.
void LeakyRelu(float alpha, int64_t count, const float* x, float* y) noexcept;

// y = gamma · (x − mean) / sqrt(variance + epsilon) + beta, the channel being the last dimension.
struct BatchNormParams {
  int64_t rows = 1;
  int64_t channels = 1;
  double epsilon = 0;
};
void BatchNorm(const BatchNormParams& params, const float* x, const float* gamma, const float* beta,
               const float* mean, const float* variance, float* y) noexcept;

}  // namespace goldcrest::kernels::elementwise
