// Plain loops, summed in double.
#include "gradients/conv_weights/conv_weights.h"

namespace goldcrest::gradients::conv_weights {
namespace {

// Σ over the block's pixels for one element of the window and one output channel.
double Sum(const Params& params, const float* x, const float* dy, int64_t element, int64_t o,
           const Block& block) {
  const kernels::Window& a = params.window;
  const int64_t tap = element / params.in_channels;
  double sum = 0;
  for (int64_t p = block.first_pixel; p < block.last_pixel; ++p) {
    const int64_t row = p / a.out_w;
    const int64_t y = row % a.out_h * a.stride_h - a.pad_top + tap / a.kernel_w * a.dilation_h;
    const int64_t z = p % a.out_w * a.stride_w - a.pad_left + tap % a.kernel_w * a.dilation_w;
    if (y < 0 || y >= a.in_h || z < 0 || z >= a.in_w) continue;
    const int64_t pixel = (row / a.out_h * a.in_h + y) * a.in_w + z;
    sum += static_cast<double>(x[pixel * params.in_channels + element % params.in_channels]) *
           dy[p * params.out_channels + o];
  }
  return sum;
}

}  // namespace

void RunReference(const Params& params, const float* x, const float* dy, float* sums,
                  const Block& block) noexcept {
  for (int64_t run = block.first_run; run < block.last_run; ++run) {
    for (int64_t i = block.first_element; i < block.last_element; ++i) {
      const int64_t element = run * params.run_length() + i;
      for (int64_t o = 0; o < params.out_channels; ++o) {
        sums[element * params.out_channels + o] +=
            static_cast<float>(Sum(params, x, dy, element, o, block));
      }
    }
  }
}

}  // namespace goldcrest::gradients::conv_weights
