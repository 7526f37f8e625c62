#include <immintrin.h>

#include <type_traits>

#include "kernels/depthwise/depthwise.h"

namespace goldcrest::kernels::depthwise {
namespace {

#include "kernels/vec_avx512.h"

#include "kernels/depthwise/walk-inl.h"

#include "kernels/depthwise/depthwise-inl.h"

#include "kernels/depthwise/multiplied-inl.h"

}  // namespace

void RunAvx512(const Params& params, const float* x, const float* w, const float* bias, float* y,
               int64_t first, int64_t last) noexcept {
  Run<4>(params, x, w, bias, y, first, last);
}

void RunAvx512Multiplied(const Params& params, const float* x, const float* w, const float* bias,
                         float* y, int64_t first, int64_t last) noexcept {
  RunMultiplied(params, x, w, bias, y, first, last);
}

}  // namespace goldcrest::kernels::depthwise
