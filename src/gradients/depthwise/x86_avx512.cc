#include <immintrin.h>

#include "gradients/depthwise/depthwise.h"

namespace goldcrest::gradients::depthwise {
namespace {

#include "kernels/vec_avx512.h"

#include "gradients/depthwise/depthwise-inl.h"

}  // namespace

void WeightsAvx512(const Params& params, const float* x, const float* dy, float* sums,
                   int64_t first, int64_t last) noexcept {
  Weights(params, x, dy, sums, first, last);
}

void InputAvx512(const Params& params, const float* dy, const float* w, float* dx, int64_t first,
                 int64_t last) noexcept {
  Input(params, dy, w, dx, first, last);
}

}  // namespace goldcrest::gradients::depthwise
