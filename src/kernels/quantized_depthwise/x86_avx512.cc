#include <immintrin.h>

#include "kernels/quantized_depthwise/quantized_depthwise.h"

namespace goldcrest::kernels::quantized_depthwise {
namespace {

#include "kernels/int_avx512.h"

#include "kernels/bytes-inl.h"

#include "kernels/requantize-inl.h"

// Bytes of a and b in turns: halves of both side by side, then woven within each.
__m256i Woven(const void* a, const void* b) {
  const __m256i both = _mm256_inserti128_si256(
      _mm256_castsi128_si256(_mm_loadu_si128(static_cast<const __m128i*>(a))),
      _mm_loadu_si128(static_cast<const __m128i*>(b)), 1);
  const __m128i order = _mm_setr_epi8(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
  return _mm256_shuffle_epi8(_mm256_permute4x64_epi64(both, 0xD8),
                             _mm256_broadcastsi128_si256(order));
}
__m512i Pairs(const int8_t* a, const int8_t* b) { return _mm512_cvtepi8_epi16(Woven(a, b)); }
__m512i Pairs(const uint8_t* a, const uint8_t* b) { return _mm512_cvtepu8_epi16(Woven(a, b)); }

Int AddProducts(Int sums, __m512i pairs, const int16_t* weights) {
  return {_mm512_add_epi32(sums.v, _mm512_madd_epi16(pairs, _mm512_loadu_si512(weights)))};
}

#include "kernels/quantized_depthwise/quantized_depthwise-inl.h"

}  // namespace

void RunAvx512(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
               int64_t first, int64_t last) noexcept {
  Run(params, x, packed, y, first, last);
}

}  // namespace goldcrest::kernels::quantized_depthwise
