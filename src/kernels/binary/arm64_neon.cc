#include <arm_neon.h>

#include "kernels/binary/binary.h"

namespace goldcrest::kernels::binary {
namespace {

#include "kernels/vec_neon.h"

#include "kernels/binary/binary-inl.h"

}  // namespace

void RunNeon(const Params& params, const float* a, const float* b, float* y, int64_t first,
             int64_t last) noexcept {
  Run(params, a, b, y, first, last);
}

}  // namespace goldcrest::kernels::binary
