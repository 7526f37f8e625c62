#include <arm_neon.h>

#include "gradients/depthwise/depthwise.h"

namespace goldcrest::gradients::depthwise {
namespace {

#include "kernels/vec_neon.h"

#include "gradients/depthwise/depthwise-inl.h"

}  // namespace

void WeightsNeon(const Params& params, const float* x, const float* dy, float* sums, int64_t first,
                 int64_t last) noexcept {
  Weights(params, x, dy, sums, first, last);
}

void InputNeon(const Params& params, const float* dy, const float* w, float* dx, int64_t first,
               int64_t last) noexcept {
  Input(params, dy, w, dx, first, last);
}

}  // namespace goldcrest::gradients::depthwise
