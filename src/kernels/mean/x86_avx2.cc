#include <immintrin.h>

#include "kernels/mean/mean.h"

namespace goldcrest::kernels::mean {
namespace {

#include "kernels/vec_avx2.h"

#include "kernels/sum-inl.h"

#include "kernels/mean/mean-inl.h"

}  // namespace

void RunAvx2(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept {
  Run(params, x, y, first, last);
}

}  // namespace goldcrest::kernels::mean
