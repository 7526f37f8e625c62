#include <algorithm>

#include "kernels/mean/mean.h"

namespace goldcrest::kernels::mean {

void RunReference(const Params& params, const float* x, float* y, int64_t first,
                  int64_t last) noexcept {
  constexpr int64_t kBlock = 64;  // sums at once, so that x is read row by row
  double sums[kBlock];
  for (int64_t at = first; at < last;) {
    const int64_t i = at % params.inner;
    const int64_t count = std::min({kBlock, params.inner - i, last - at});
    std::fill_n(sums, count, 0.0);
    for (int64_t r = 0; r < params.reduced; ++r) {
      const float* row = x + (at / params.inner * params.reduced + r) * params.inner + i;
      for (int64_t j = 0; j < count; ++j) sums[j] += row[j];
    }
    for (int64_t j = 0; j < count; ++j) {
      y[at + j] = static_cast<float>(sums[j] / static_cast<double>(params.reduced));
    }
    at += count;
  }
}

}  // namespace goldcrest::kernels::mean
