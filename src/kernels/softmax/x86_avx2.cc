#include <immintrin.h>

#include "kernels/softmax/softmax.h"

namespace goldcrest::kernels::softmax {
namespace {

#include "kernels/vec_avx2.h"

#include "kernels/exp-inl.h"

#include "kernels/sum-inl.h"

#include "kernels/softmax/softmax-inl.h"

}  // namespace

void RunAvx2(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept {
  Run(params, x, y, first, last);
}

}  // namespace goldcrest::kernels::softmax
