// Plain loops: the truth that every faster kernel is tested against. Sums in double, so that what
// is left is the rounding of the result. Packed weights are w as it is, then the bias.
#include "kernels/conv/conv.h"

namespace goldcrest::kernels::conv {
namespace {

// Σ over the window of output pixel (row, column) of picture x for one output channel's filter.
template <class S>
S Sum(const Params& params, const float* x, const float* filter, int64_t row, int64_t column) {
  const Window& a = params.window;
  const int64_t channels = params.in_channels;
  S sum = 0;
  for (int64_t u = 0; u < a.kernel_h; ++u) {
    const int64_t y = row * a.stride_h - a.pad_top + u * a.dilation_h;
    if (y < 0 || y >= a.in_h) continue;
    for (int64_t v = 0; v < a.kernel_w; ++v) {
      const int64_t z = column * a.stride_w - a.pad_left + v * a.dilation_w;
      if (z < 0 || z >= a.in_w) continue;
      const float* pixel = x + (y * a.in_w + z) * channels;
      const float* taps = filter + (u * a.kernel_w + v) * channels;
      for (int64_t c = 0; c < channels; ++c) sum += static_cast<S>(pixel[c]) * taps[c];
    }
  }
  return sum;
}

template <class S>
void Run(const Params& params, const float* x, const float* packed, float* y, const Block& block) {
  const Window& a = params.window;
  const int64_t filter_size = params.taps() * params.in_channels;
  const float* bias = packed + params.out_channels * filter_size;
  for (int64_t pixel = block.first_pixel; pixel < block.last_pixel; ++pixel) {
    const int64_t row = pixel / a.out_w;
    const float* picture = x + row / a.out_h * a.in_h * a.in_w * params.in_channels;
    for (int64_t o = 0; o < params.out_channels; ++o) {
      S sum = Sum<S>(params, picture, packed + o * filter_size, row % a.out_h, pixel % a.out_w);
      y[pixel * params.out_channels + o] = params.clamp(static_cast<float>(sum + bias[o]));
    }
  }
}

}  // namespace

void RunReference(const Params& params, const float* x, const float* packed, float* y,
                  const Block& block) noexcept {
  params.in_order ? Run<float>(params, x, packed, y, block)
                  : Run<double>(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::conv
