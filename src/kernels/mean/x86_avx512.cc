#include <immintrin.h>

#include "kernels/mean/mean.h"

namespace goldcrest::kernels::mean {
namespace {

#include "kernels/vec_avx512.h"

#include "kernels/sum-inl.h"

#include "kernels/mean/mean-inl.h"

}  // namespace

void RunAvx512(const Params& params, const float* x, float* y, int64_t first,
               int64_t last) noexcept {
  Run(params, x, y, first, last);
}

}  // namespace goldcrest::kernels::mean
