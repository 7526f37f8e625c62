// Plain loops, summed in double: see conv/reference.cc.
#include "kernels/depthwise/depthwise.h"

namespace goldcrest::kernels::depthwise {
namespace {

// Σ over the window of output pixel (row, column) of picture x for output channel o.
template <class S>
S Sum(const Params& params, const float* x, const float* w, int64_t row, int64_t column,
      int64_t o) {
  const Window& a = params.window;
  const int64_t out_channels = params.in_channels * params.multiplier;
  const int64_t c = o / params.multiplier;
  S sum = 0;
  for (int64_t u = 0; u < a.kernel_h; ++u) {
    const int64_t y = row * a.stride_h - a.pad_top + u * a.dilation_h;
    if (y < 0 || y >= a.in_h) continue;
    for (int64_t v = 0; v < a.kernel_w; ++v) {
      const int64_t z = column * a.stride_w - a.pad_left + v * a.dilation_w;
      if (z < 0 || z >= a.in_w) continue;
      const float tap = w[(u * a.kernel_w + v) * out_channels + o];
      sum += static_cast<S>(x[(y * a.in_w + z) * params.in_channels + c]) * tap;
    }
  }
  return sum;
}

template <class S>
void Run(const Params& params, const float* x, const float* w, const float* bias, float* y,
         int64_t first, int64_t last) {
  const Window& a = params.window;
  const int64_t out_channels = params.in_channels * params.multiplier;
  for (int64_t row = first; row < last; ++row) {
    const float* picture = x + row / a.out_h * a.in_h * a.in_w * params.in_channels;
    for (int64_t column = 0; column < a.out_w; ++column) {
      float* pixel = y + (row * a.out_w + column) * out_channels;
      for (int64_t o = 0; o < out_channels; ++o) {
        S sum = Sum<S>(params, picture, w, row % a.out_h, column, o);
        pixel[o] = params.clamp(static_cast<float>(sum + (bias != nullptr ? bias[o] : 0)));
      }
    }
  }
}

}  // namespace

void RunReference(const Params& params, const float* x, const float* w, const float* bias, float* y,
                  int64_t first, int64_t last) noexcept {
  params.in_order ? Run<float>(params, x, w, bias, y, first, last)
                  : Run<double>(params, x, w, bias, y, first, last);
}

}  // namespace goldcrest::kernels::depthwise
