#include <arm_neon.h>

#include "gradients/conv_weights/conv_weights.h"
#include "kernels/conv/conv.h"

namespace goldcrest::gradients::conv_weights {
namespace {

#include "kernels/vec_neon.h"

#include "gradients/conv_weights/conv_weights-inl.h"

}  // namespace

void RunNeon(const Params& params, const float* x, const float* dy, float* sums,
             const Block& block) noexcept {
  Run<8, Vec>(params, x, dy, sums, block);
}

}  // namespace goldcrest::gradients::conv_weights
