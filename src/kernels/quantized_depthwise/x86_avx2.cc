#include <immintrin.h>

#include "kernels/quantized_depthwise/quantized_depthwise.h"

namespace goldcrest::kernels::quantized_depthwise {
namespace {

#include "kernels/int_avx2.h"

#include "kernels/bytes-inl.h"

#include "kernels/requantize-inl.h"

__m128i Woven(const void* a, const void* b) {
  return _mm_unpacklo_epi8(_mm_loadl_epi64(static_cast<const __m128i*>(a)),
                           _mm_loadl_epi64(static_cast<const __m128i*>(b)));
}
__m256i Pairs(const int8_t* a, const int8_t* b) { return _mm256_cvtepi8_epi16(Woven(a, b)); }
__m256i Pairs(const uint8_t* a, const uint8_t* b) { return _mm256_cvtepu8_epi16(Woven(a, b)); }

Int AddProducts(Int sums, __m256i pairs, const int16_t* weights) {
  const __m256i w = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights));
  return {_mm256_add_epi32(sums.v, _mm256_madd_epi16(pairs, w))};
}

#include "kernels/quantized_depthwise/quantized_depthwise-inl.h"

}  // namespace

void RunAvx2(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
             int64_t first, int64_t last) noexcept {
  Run(params, x, packed, y, first, last);
}

}  // namespace goldcrest::kernels::quantized_depthwise
