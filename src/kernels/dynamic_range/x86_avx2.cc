#include <immintrin.h>

#include "kernels/dynamic_range/dynamic_range.h"
#include "tensor/dtype.h"

namespace goldcrest::kernels::dynamic_range {
namespace {

#include "kernels/int_avx2.h"
#include "kernels/vec_avx2.h"

#include "kernels/bytes-inl.h"

Int Truncated(Vec x) { return {_mm256_cvttps_epi32(x.v)}; }
Vec Floats(Int x) { return {_mm256_cvtepi32_ps(x.v)}; }

#include "kernels/dynamic_range/dynamic_range-inl.h"

}  // namespace

Range RangeAvx2(const float* x, int64_t count) noexcept { return RangeOf(x, count); }

void QuantizeAvx2(const Steps& steps, const float* x, int64_t count, std::byte* q) noexcept {
  QuantizeAll(steps, x, count, q);
}

void CentreAvx2(const Steps& steps, const float* x, int64_t count, float* q) noexcept {
  CentreAll(steps, x, count, q);
}

void ToRealsAvx2(const Reals& out, const Channels& channels, int64_t pixels, float* y) noexcept {
  ToRealsAll(out, channels, pixels, y);
}

}  // namespace goldcrest::kernels::dynamic_range
