#include <arm_neon.h>

#include "kernels/quantize/quantize.h"

namespace goldcrest::kernels::quantize {
namespace {

#include "kernels/int_neon.h"
#include "kernels/quantize/quantize-inl.h"

}  // namespace

void RunNeon(const Params& params, const float* x, std::byte* y, int64_t first,
             int64_t last) noexcept {
  Run(params, x, y, first, last);
}

}  // namespace goldcrest::kernels::quantize
