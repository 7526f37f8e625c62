// Plain loops, in double.
#include "gradients/batch_norm/batch_norm.h"

namespace goldcrest::gradients::batch_norm {
namespace {

void Moments(const Params& params, const float* x, const float* pivot, int64_t pixels,
             double* sums) noexcept {
  const int64_t channels = params.channels;
  for (int64_t c = 0; c < channels; ++c) {
    sums[c] = sums[channels + c] = 0;
    for (int64_t p = 0; p < pixels; ++p) {
      const double d = static_cast<double>(x[p * channels + c]) - pivot[c];
      sums[c] += d;
      sums[channels + c] += d * d;
    }
  }
}

void Apply(const Params& params, const float* x, const float* scale, const float* shift,
           int64_t pixels, float* y) noexcept {
  const int64_t channels = params.channels;
  for (int64_t i = 0; i < pixels * channels; ++i) {
    const double value = static_cast<double>(x[i]) * scale[i % channels] + shift[i % channels];
    y[i] = params.clamp(static_cast<float>(value));
  }
}

// The gradient that passes the activation.
double Gate(const Params& params, float x, float scale, float shift, float dy) {
  const double y = static_cast<double>(x) * scale + shift;
  return y > params.clamp.low && y < params.clamp.high ? dy : 0;
}

void GradientSums(const Params& params, const float* x, const float* dy, const float* scale,
                  const float* shift, const float* pivot, int64_t pixels, double* sums) noexcept {
  const int64_t channels = params.channels;
  for (int64_t c = 0; c < channels; ++c) {
    sums[c] = sums[channels + c] = 0;
    for (int64_t p = 0; p < pixels; ++p) {
      const int64_t i = p * channels + c;
      const double g = Gate(params, x[i], scale[c], shift[c], dy[i]);
      sums[c] += g;
      sums[channels + c] += g * (static_cast<double>(x[i]) - pivot[c]);
    }
  }
}

void Gradient(const Params& params, const float* x, const float* dy, const float* scale,
              const float* shift, const float* by_x, const float* offset, int64_t pixels,
              float* dx) noexcept {
  const int64_t channels = params.channels;
  for (int64_t i = 0; i < pixels * channels; ++i) {
    const int64_t c = i % channels;
    const double g = Gate(params, x[i], scale[c], shift[c], dy[i]);
    dx[i] = static_cast<float>(g * scale[c] + static_cast<double>(x[i]) * by_x[c] + offset[c]);
  }
}

}  // namespace

const Functions kReference = {Moments, Apply, GradientSums, Gradient};

}  // namespace goldcrest::gradients::batch_norm
