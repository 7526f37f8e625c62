// Plain loops, summed in double.
#include "gradients/conv_weights/conv_weights.h"

namespace goldcrest::gradients::conv_weights {

void RunReference(const Params& params, const float* x, const float* dy, float* sums,
                  const Block& block) noexcept {
  const kernels::Window& a = params.window;
  for (int64_t tap = block.first_tap; tap < block.last_tap; ++tap) {
    for (int64_t c = block.first_channel; c < block.last_channel; ++c) {
      for (int64_t o = 0; o < params.out_channels; ++o) {
        double sum = 0;
        for (int64_t p = block.first_pixel; p < block.last_pixel; ++p) {
          const int64_t row = p / a.out_w;
          const int64_t y =
              row % a.out_h * a.stride_h - a.pad_top + tap / a.kernel_w * a.dilation_h;
          const int64_t z = p % a.out_w * a.stride_w - a.pad_left + tap % a.kernel_w * a.dilation_w;
          if (y < 0 || y >= a.in_h || z < 0 || z >= a.in_w) continue;
          const int64_t pixel = (row / a.out_h * a.in_h + y) * a.in_w + z;
          sum += static_cast<double>(x[pixel * params.in_channels + c]) *
                 dy[p * params.out_channels + o];
        }
        sums[(tap * params.in_channels + c) * params.out_channels + o] += static_cast<float>(sum);
      }
    }
  }
}

}  // namespace goldcrest::gradients::conv_weights
