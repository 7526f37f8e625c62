#include <immintrin.h>

#include "kernels/pool/pool.h"

namespace goldcrest::kernels::pool {
namespace {

#include "kernels/vec_avx2.h"

#include "kernels/pool/pool-inl.h"

}  // namespace

void RunAvx2(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept {
  Run(params, x, y, first, last);
}

}  // namespace goldcrest::kernels::pool
