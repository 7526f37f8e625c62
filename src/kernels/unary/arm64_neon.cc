#include <arm_neon.h>

#include "kernels/unary/unary.h"

namespace goldcrest::kernels::unary {
namespace {

#include "kernels/vec_neon.h"

#include "kernels/exp-inl.h"

#include "kernels/unary/unary-inl.h"

}  // namespace

void RunNeon(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept {
  Run(params, x, y, first, last);
}

}  // namespace goldcrest::kernels::unary
