#include <arm_neon.h>

#include "kernels/dynamic_range/dynamic_range.h"
#include "tensor/dtype.h"

namespace goldcrest::kernels::dynamic_range {
namespace {

#include "kernels/int_neon.h"
#include "kernels/vec_neon.h"

#include "kernels/bytes-inl.h"

Int Truncated(Vec x) { return {vcvtq_s32_f32(x.low), vcvtq_s32_f32(x.high)}; }
Vec Floats(Int x) { return {vcvtq_f32_s32(x.low), vcvtq_f32_s32(x.high)}; }

#include "kernels/dynamic_range/dynamic_range-inl.h"

}  // namespace

Range RangeNeon(const float* x, int64_t count) noexcept { return RangeOf(x, count); }

void QuantizeNeon(const Steps& steps, const float* x, int64_t count, std::byte* q) noexcept {
  QuantizeAll(steps, x, count, q);
}

void CentreNeon(const Steps& steps, const float* x, int64_t count, float* q) noexcept {
  CentreAll(steps, x, count, q);
}

void ToRealsNeon(const Reals& out, const Channels& channels, int64_t pixels, float* y) noexcept {
  ToRealsAll(out, channels, pixels, y);
}

}  // namespace goldcrest::kernels::dynamic_range
