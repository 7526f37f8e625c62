#include <algorithm>
#include <cmath>

#include "kernels/quantized_mean/quantized_mean.h"

namespace goldcrest::kernels::quantized_mean {
namespace {

int32_t Finish(const Params& p, int32_t sum, int64_t i) {
  const auto s = static_cast<int32_t>(static_cast<uint32_t>(sum) - static_cast<uint32_t>(p.offset));
  if (p.xnnpack) {
    const float y = static_cast<float>(s) * p.scale + p.shift;
    const auto low = static_cast<float>(p.clamp.low), high = static_cast<float>(p.clamp.high);
    return static_cast<int32_t>(std::lrint(std::clamp(y, low, high)));
  }
  const int64_t y = i < p.up ? MultiplyDoubleUp(s, p.factor) : MultiplyDouble(s, p.factor);
  return p.clamp(p.y_zero + y);
}

template <class T>
void Run(const Params& p, const T* x, T* y, int64_t first, int64_t last) {
  constexpr int64_t kBlock = 64;  // sums at once, so that x is read row by row
  uint32_t sums[kBlock];
  for (int64_t at = first; at < last;) {
    const int64_t i = at % p.inner;
    const int64_t count = std::min({kBlock, p.inner - i, last - at});
    std::fill_n(sums, count, 0U);
    for (int64_t r = 0; r < p.reduced; ++r) {
      const T* row = x + (at / p.inner * p.reduced + r) * p.inner + i;
      for (int64_t j = 0; j < count; ++j) sums[j] += static_cast<uint32_t>(int32_t{row[j]});
    }
    for (int64_t j = 0; j < count; ++j) {
      y[at + j] = static_cast<T>(Finish(p, static_cast<int32_t>(sums[j]), i + j));
    }
    at += count;
  }
}

}  // namespace

void RunReference(const Params& params, const std::byte* x, std::byte* y, int64_t first,
                  int64_t last) noexcept {
  WithIntegerType(params.dtype, [&](auto type) {
    using T = decltype(type);
    Run(params, reinterpret_cast<const T*>(x), reinterpret_cast<T*>(y), first, last);
  });
}

}  // namespace goldcrest::kernels::quantized_mean
