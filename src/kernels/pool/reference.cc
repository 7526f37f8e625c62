#include <algorithm>

#include "kernels/pool/pool.h"

namespace goldcrest::kernels::pool {
namespace {

constexpr int64_t kBlock = 64;  // channels summed at once, so that x is read pixel by pixel

}  // namespace

void AverageReference(const Params& params, const float* x, float* y, int64_t first,
                      int64_t last) noexcept {
  const Window& a = params.window;
  double sums[kBlock];
  for (int64_t pixel = first * a.out_w; pixel < last * a.out_w; ++pixel) {
    const int64_t row = pixel / a.out_w;
    const float* picture = x + row / a.out_h * a.in_h * a.in_w * params.channels;
    const int64_t top = row % a.out_h * a.stride_h - a.pad_top;
    const int64_t left = pixel % a.out_w * a.stride_w - a.pad_left;
    const int64_t first_y = std::max<int64_t>(top, 0);
    const int64_t last_y = std::min(top + a.kernel_h, a.in_h);
    const int64_t first_x = std::max<int64_t>(left, 0);
    const int64_t last_x = std::min(left + a.kernel_w, a.in_w);
    const auto inside = static_cast<double>((last_y - first_y) * (last_x - first_x));
    for (int64_t c = 0; c < params.channels; c += kBlock) {
      const int64_t count = std::min(kBlock, params.channels - c);
      std::fill_n(sums, count, 0.0);
      for (int64_t in_y = first_y; in_y < last_y; ++in_y) {
        for (int64_t in_x = first_x; in_x < last_x; ++in_x) {
          const float* in = picture + (in_y * a.in_w + in_x) * params.channels + c;
          for (int64_t i = 0; i < count; ++i) sums[i] += in[i];
        }
      }
      float* out = y + pixel * params.channels + c;
      for (int64_t i = 0; i < count; ++i)
        out[i] = params.clamp(static_cast<float>(sums[i] / inside));
    }
  }
}

}  // namespace goldcrest::kernels::pool
