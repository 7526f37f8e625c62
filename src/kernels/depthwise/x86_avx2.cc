#include <immintrin.h>

#include <type_traits>

#include "kernels/depthwise/depthwise.h"

namespace goldcrest::kernels::depthwise {
namespace {

#include "kernels/vec_avx2.h"

#include "kernels/depthwise/walk-inl.h"

#include "kernels/depthwise/depthwise-inl.h"

#include "kernels/depthwise/multiplied-inl.h"

}  // namespace

void RunAvx2(const Params& params, const float* x, const float* w, const float* bias, float* y,
             int64_t first, int64_t last) noexcept {
  Run<2>(params, x, w, bias, y, first, last);
}

void RunAvx2Multiplied(const Params& params, const float* x, const float* w, const float* bias,
                       float* y, int64_t first, int64_t last) noexcept {
  RunMultiplied(params, x, w, bias, y, first, last);
}

}  // namespace goldcrest::kernels::depthwise
