#include <algorithm>

#include "kernels/mean/mean.h"

namespace goldcrest::kernels::mean {

namespace {

template <class S>
void Run(const Params& params, const float* x, float* y, int64_t first, int64_t last) {
  constexpr int64_t kBlock = 64;  // sums at once, so that x is read row by row
  S sums[kBlock];
  for (int64_t at = first; at < last;) {
    const int64_t i = at % params.inner;
    const int64_t count = std::min({kBlock, params.inner - i, last - at});
    std::fill_n(sums, count, S{0});
    for (int64_t r = 0; r < params.reduced; ++r) {
      const float* row = x + (at / params.inner * params.reduced + r) * params.inner + i;
      for (int64_t j = 0; j < count; ++j) sums[j] += row[j];
    }
    for (int64_t j = 0; j < count; ++j) {
      y[at + j] = static_cast<float>(sums[j] / static_cast<S>(params.reduced));
    }
    at += count;
  }
}

}  // namespace

void RunReference(const Params& params, const float* x, float* y, int64_t first,
                  int64_t last) noexcept {
  params.in_order ? Run<float>(params, x, y, first, last) : Run<double>(params, x, y, first, last);
}

}  // namespace goldcrest::kernels::mean
