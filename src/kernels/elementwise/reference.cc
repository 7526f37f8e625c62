#include <cmath>

#include "kernels/elementwise/elementwise.h"

namespace goldcrest::kernels::elementwise {
namespace {

template <class Combine>
void Broadcast(const BroadcastParams& params, const float* a, const float* b, float* y,
               const Combine& combine) {
  int64_t count = 1;
  for (int64_t size : params.shape) count *= size;
  std::array<int64_t, kMostDimensions> index{};
  int64_t at = 0;  // in b
  for (int64_t i = 0; i < count; ++i) {
    y[i] = params.clamp(combine(a[i], b[at]));
    for (size_t d = kMostDimensions; d-- > 0;) {
      at += params.b_stride[d];
      if (++index[d] < params.shape[d]) break;
      at -= params.b_stride[d] * params.shape[d];
      index[d] = 0;
    }
  }
}

}  // namespace

void Add(const BroadcastParams& params, const float* a, const float* b, float* y) noexcept {
  Broadcast(params, a, b, y, [](float u, float v) { return u + v; });
}

void Mul(const BroadcastParams& params, const float* a, const float* b, float* y) noexcept {
  Broadcast(params, a, b, y, [](float u, float v) { return u * v; });
}

void Activate(Clamp clamp, int64_t count, const float* x, float* y) noexcept {
  for (int64_t i = 0; i < count; ++i) y[i] = clamp(x[i]);
}

void HardSwish(int64_t count, const float* x, float* y) noexcept {
  for (int64_t i = 0; i < count; ++i) {
    const double gate = std::fmin(std::fmax(x[i] + 3.0, 0.0), 6.0);
    y[i] = static_cast<float>(x[i] * gate / 6);
  }
}

void Logistic(int64_t count, const float* x, float* y) noexcept {
  for (int64_t i = 0; i < count; ++i) {
    y[i] = static_cast<float>(1 / (1 + std::exp(-static_cast<double>(x[i]))));
  }
}

void Tanh(int64_t count, const float* x, float* y) noexcept {
  for (int64_t i = 0; i < count; ++i) y[i] = static_cast<float>(std::tanh(double{x[i]}));
}

void LeakyRelu(float alpha, int64_t count, const float* x, float* y) noexcept {
  for (int64_t i = 0; i < count; ++i) y[i] = x[i] > 0 ? x[i] : alpha * x[i];
}

void BatchNorm(const BatchNormParams& params, const float* x, const float* gamma, const float* beta,
               const float* mean, const float* variance, float* y) noexcept {
  for (int64_t c = 0; c < params.channels; ++c) {
    const double scale = gamma[c] / std::sqrt(variance[c] + params.epsilon);
    for (int64_t i = c; i < params.rows * params.channels; i += params.channels) {
      y[i] = static_cast<float>((static_cast<double>(x[i]) - mean[c]) * scale + beta[c]);
    }
  }
}

}  // namespace goldcrest::kernels::elementwise
