#include <immintrin.h>

#include "kernels/softmax/softmax.h"

namespace goldcrest::kernels::softmax {
namespace {

#include "kernels/vec_avx512.h"

#include "kernels/exp-inl.h"

#include "kernels/sum-inl.h"

#include "kernels/softmax/softmax-inl.h"

}  // namespace

void RunAvx512(const Params& params, const float* x, float* y, int64_t first,
               int64_t last) noexcept {
  Run(params, x, y, first, last);
}

}  // namespace goldcrest::kernels::softmax
