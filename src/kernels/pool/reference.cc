#include <algorithm>
#include <limits>

#include "kernels/pool/pool.h"

namespace goldcrest::kernels::pool {
namespace {

// The part of a window that lies inside of the picture.
struct Inside {
  int64_t first_y, last_y, first_x, last_x;
  int64_t count() const { return (last_y - first_y) * (last_x - first_x); }
};

// Calls visit(inside, picture, out) for every output pixel of the rows [first, last).
template <class Visit>
void ForEachPixel(const Params& params, const float* x, float* y, int64_t first, int64_t last,
                  const Visit& visit) {
  const Window& a = params.window;
  for (int64_t pixel = first * a.out_w; pixel < last * a.out_w; ++pixel) {
    const int64_t row = pixel / a.out_w;
    const float* picture = x + row / a.out_h * a.in_h * a.in_w * params.channels;
    const int64_t top = row % a.out_h * a.stride_h - a.pad_top;
    const int64_t left = pixel % a.out_w * a.stride_w - a.pad_left;
    const Inside inside{std::max<int64_t>(top, 0), std::min(top + a.kernel_h, a.in_h),
                        std::max<int64_t>(left, 0), std::min(left + a.kernel_w, a.in_w)};
    visit(inside, picture, y + pixel * params.channels);
  }
}

void Average(const Params& params, const float* x, float* y, int64_t first, int64_t last) {
  constexpr int64_t kBlock = 64;  // channels summed at once, so that x is read pixel by pixel
  const int64_t in_w = params.window.in_w;
  auto average = [&](const Inside& inside, const float* picture, float* out) {
    double sums[kBlock];
    for (int64_t c = 0; c < params.channels; c += kBlock) {
      const int64_t count = std::min(kBlock, params.channels - c);
      std::fill_n(sums, count, 0.0);
      for (int64_t in_y = inside.first_y; in_y < inside.last_y; ++in_y) {
        for (int64_t in_x = inside.first_x; in_x < inside.last_x; ++in_x) {
          const float* in = picture + (in_y * in_w + in_x) * params.channels + c;
          for (int64_t i = 0; i < count; ++i) sums[i] += in[i];
        }
      }
      for (int64_t i = 0; i < count; ++i) {
        const double mean = sums[i] / static_cast<double>(inside.count());
        out[c + i] = params.clamp(static_cast<float>(mean));
      }
    }
  };
  ForEachPixel(params, x, y, first, last, average);
}

void Largest(const Params& params, const float* x, float* y, int64_t first, int64_t last) {
  const int64_t in_w = params.window.in_w;
  auto largest = [&](const Inside& inside, const float* picture, float* out) {
    std::fill_n(out, params.channels, std::numeric_limits<float>::lowest());
    for (int64_t in_y = inside.first_y; in_y < inside.last_y; ++in_y) {
      for (int64_t in_x = inside.first_x; in_x < inside.last_x; ++in_x) {
        const float* in = picture + (in_y * in_w + in_x) * params.channels;
        for (int64_t c = 0; c < params.channels; ++c) out[c] = std::max(out[c], in[c]);
      }
    }
    for (int64_t c = 0; c < params.channels; ++c) out[c] = params.clamp(out[c]);
  };
  ForEachPixel(params, x, y, first, last, largest);
}

}  // namespace

void RunReference(const Params& params, const float* x, float* y, int64_t first,
                  int64_t last) noexcept {
  auto* run = params.kind == Kind::kAverage ? Average : Largest;
  run(params, x, y, first, last);
}

}  // namespace goldcrest::kernels::pool
