// Plain loops, summed in double.
#include "gradients/depthwise/depthwise.h"

namespace goldcrest::gradients::depthwise {

void WeightsReference(const Params& params, const float* x, const float* dy, float* sums,
                      int64_t first, int64_t last) noexcept {
  const kernels::Window& a = params.window;
  const int64_t outputs = params.in_channels * params.multiplier;
  for (int64_t u = 0; u < a.kernel_h; ++u) {
    for (int64_t v = 0; v < a.kernel_w; ++v) {
      for (int64_t o = 0; o < outputs; ++o) {
        double sum = 0;
        for (int64_t row = first; row < last; ++row) {
          const int64_t y = row % a.out_h * a.stride_h - a.pad_top + u * a.dilation_h;
          if (y < 0 || y >= a.in_h) continue;
          const float* from = x + (row / a.out_h * a.in_h + y) * a.in_w * params.in_channels;
          for (int64_t column = 0; column < a.out_w; ++column) {
            const int64_t z = column * a.stride_w - a.pad_left + v * a.dilation_w;
            if (z < 0 || z >= a.in_w) continue;
            sum += static_cast<double>(from[z * params.in_channels + o / params.multiplier]) *
                   dy[(row * a.out_w + column) * outputs + o];
          }
        }
        sums[(u * a.kernel_w + v) * outputs + o] += static_cast<float>(sum);
      }
    }
  }
}

void InputReference(const Params& params, const float* dy, const float* w, float* dx, int64_t first,
                    int64_t last) noexcept {
  const kernels::Window& a = params.window;
  const int64_t outputs = params.in_channels * params.multiplier;
  for (int64_t row = first; row < last; ++row) {
    const float* picture = dy + row / a.in_h * a.out_h * a.out_w * outputs;
    for (int64_t z = 0; z < a.in_w; ++z) {
      for (int64_t c = 0; c < params.in_channels; ++c) {
        double sum = 0;
        for (int64_t u = 0; u < a.kernel_h; ++u) {
          const int64_t down = row % a.in_h + a.pad_top - u * a.dilation_h;
          if (down < 0 || down % a.stride_h != 0 || down / a.stride_h >= a.out_h) continue;
          for (int64_t v = 0; v < a.kernel_w; ++v) {
            const int64_t right = z + a.pad_left - v * a.dilation_w;
            if (right < 0 || right % a.stride_w != 0 || right / a.stride_w >= a.out_w) continue;
            const int64_t pixel = down / a.stride_h * a.out_w + right / a.stride_w;
            for (int64_t k = 0; k < params.multiplier; ++k) {
              const int64_t o = c * params.multiplier + k;
              sum += static_cast<double>(picture[pixel * outputs + o]) *
                     w[(u * a.kernel_w + v) * outputs + o];
            }
          }
        }
        dx[(row * a.in_w + z) * params.in_channels + c] = static_cast<float>(sum);
      }
    }
  }
}

}  // namespace goldcrest::gradients::depthwise
