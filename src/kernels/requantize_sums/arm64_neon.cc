#include <arm_neon.h>

#include "kernels/requantize_sums/requantize_sums.h"
#include "tensor/dtype.h"

namespace goldcrest::kernels {
namespace {

#include "kernels/int_neon.h"

#include "kernels/bytes-inl.h"

#include "kernels/requantize-inl.h"

#include "kernels/requantize_sums/requantize_sums-inl.h"

}  // namespace

void RequantizeSumsNeon(const Requantization& out, const SumRows& rows, std::byte* y) noexcept {
  Run(out, rows, y);
}

}  // namespace goldcrest::kernels
