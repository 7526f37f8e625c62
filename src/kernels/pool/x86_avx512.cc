#include <immintrin.h>

#include "kernels/pool/pool.h"

namespace goldcrest::kernels::pool {
namespace {

#include "kernels/vec_avx512.h"

#include "kernels/pool/pool-inl.h"

}  // namespace

void RunAvx512(const Params& params, const float* x, float* y, int64_t first,
               int64_t last) noexcept {
  Run(params, x, y, first, last);
}

}  // namespace goldcrest::kernels::pool
