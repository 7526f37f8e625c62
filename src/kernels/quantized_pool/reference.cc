#include <algorithm>

#include "kernels/quantized_pool/quantized_pool.h"

namespace goldcrest::kernels::quantized_pool {
namespace {

constexpr int64_t kBlock = 64;  // channels joined at once, so that x is read pixel by pixel

struct Average {
  static constexpr int32_t kStart = 0;
  static void Join(int32_t& all, int32_t x) { all += x; }
  static int64_t Finish(int32_t sum, int64_t pixels) {
    return (sum > 0 ? sum + pixels / 2 : sum - pixels / 2) / pixels;
  }
};

struct Largest {
  static constexpr int32_t kStart = INT32_MIN;
  static void Join(int32_t& all, int32_t x) { all = std::max(all, x); }
  static int64_t Finish(int32_t largest, int64_t) { return largest; }
};

template <class Reduce, class T>
void Run(const Params& params, const T* x, T* y, int64_t first, int64_t last) {
  const Window& a = params.window;
  int32_t joined[kBlock];
  for (int64_t pixel = first * a.out_w; pixel < last * a.out_w; ++pixel) {
    const int64_t row = pixel / a.out_w;
    const T* picture = x + row / a.out_h * a.in_h * a.in_w * params.channels;
    const int64_t top = row % a.out_h * a.stride_h - a.pad_top;
    const int64_t left = pixel % a.out_w * a.stride_w - a.pad_left;
    const int64_t first_y = std::max<int64_t>(top, 0), last_y = std::min(top + a.kernel_h, a.in_h);
    const int64_t first_x = std::max<int64_t>(left, 0);
    const int64_t last_x = std::min(left + a.kernel_w, a.in_w);
    for (int64_t c = 0; c < params.channels; c += kBlock) {
      const int64_t count = std::min(kBlock, params.channels - c);
      std::fill_n(joined, count, Reduce::kStart);
      for (int64_t in_y = first_y; in_y < last_y; ++in_y) {
        for (int64_t in_x = first_x; in_x < last_x; ++in_x) {
          const T* in = picture + (in_y * a.in_w + in_x) * params.channels + c;
          for (int64_t i = 0; i < count; ++i) Reduce::Join(joined[i], in[i]);
        }
      }
      const int64_t pixels = (last_y - first_y) * (last_x - first_x);
      for (int64_t i = 0; i < count; ++i) {
        y[pixel * params.channels + c + i] =
            static_cast<T>(params.clamp(Reduce::Finish(joined[i], pixels)));
      }
    }
  }
}

}  // namespace

void RunReference(const Params& params, const std::byte* x, std::byte* y, int64_t first,
                  int64_t last) noexcept {
  WithIntegerType(params.dtype, [&](auto type) {
    using T = decltype(type);
    auto* run = params.kind == Kind::kAverage ? Run<Average, T> : Run<Largest, T>;
    run(params, reinterpret_cast<const T*>(x), reinterpret_cast<T*>(y), first, last);
  });
}

}  // namespace goldcrest::kernels::quantized_pool
