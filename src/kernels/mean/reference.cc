#include <algorithm>

#include "kernels/mean/mean.h"

namespace goldcrest::kernels::mean {

void Reference(const Params& params, const float* x, float* y) noexcept {
  constexpr int64_t kBlock = 64;  // sums at once, so that x is read row by row
  double sums[kBlock];
  for (int64_t o = 0; o < params.outer; ++o, x += params.reduced * params.inner) {
    for (int64_t first = 0; first < params.inner; first += kBlock) {
      const int64_t count = std::min(kBlock, params.inner - first);
      std::fill_n(sums, count, 0.0);
      for (int64_t r = 0; r < params.reduced; ++r) {
        const float* row = x + r * params.inner + first;
        for (int64_t i = 0; i < count; ++i) sums[i] += row[i];
      }
      for (int64_t i = 0; i < count; ++i) {
        *y++ = static_cast<float>(sums[i] / static_cast<double>(params.reduced));
      }
    }
  }
}

}  // namespace goldcrest::kernels::mean
