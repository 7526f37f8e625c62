#include <arm_neon.h>

#include "kernels/quantized_pool/quantized_pool.h"

namespace goldcrest::kernels::quantized_pool {
namespace {

#include "kernels/int_neon.h"

#include "kernels/bytes-inl.h"

#include "kernels/quantized_pool/quantized_pool-inl.h"

}  // namespace

void RunNeon(const Params& params, const std::byte* x, std::byte* y, int64_t first,
             int64_t last) noexcept {
  Run(params, x, y, first, last);
}

}  // namespace goldcrest::kernels::quantized_pool
