#include <immintrin.h>

#include "kernels/quantized_depthwise/quantized_depthwise.h"
#include "kernels/requantize_sums/requantize_sums.h"

namespace goldcrest::kernels::quantized_depthwise {
namespace {

#include "kernels/int_avx512.h"

constexpr auto RequantizeSums = RequantizeSumsAvx512;

// Pairs of 16 bits: exact, as two products of nine bits each, or of 16 by eight, fit in 32.
struct Dot {
  using Weight = int16_t;
  using Vector = __m512i;
  static constexpr int64_t kGroup = 2;
  explicit Dot(const QuantizedLayer&) {}
  template <class X>
  static Vector Weave(const X* const (&x)[2]) {
    return _mm512_mask_blend_epi16(0xAAAAAAAA, Widened(x[0]), _mm512_slli_epi32(Widened(x[1]), 16));
  }
  static Vector Load(const Weight* w) { return _mm512_loadu_si512(w); }
  static Int Add(Int sums, Vector a, Vector w) {
    return {_mm512_add_epi32(sums.v, _mm512_madd_epi16(a, w))};
  }

 private:
  static __m512i Widened(const int8_t* x) { return _mm512_cvtepi8_epi32(Sixteen(x)); }
  static __m512i Widened(const uint8_t* x) { return _mm512_cvtepu8_epi32(Sixteen(x)); }
  static __m512i Widened(const int16_t* x) {
    return _mm512_cvtepi16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(x)));
  }
  static __m128i Sixteen(const void* x) { return _mm_loadu_si128(static_cast<const __m128i*>(x)); }
};

#include "kernels/quantized_depthwise/quantized_depthwise-inl.h"

}  // namespace

void RunAvx512(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
               int64_t first, int64_t last) noexcept {
  switch (params.layer.input) {
    case tensor::DType::kUInt8:
      return Run(params, x, packed, y, first, last, &Columns::Weave<uint8_t>);
    case tensor::DType::kInt16:
      return Run(params, x, packed, y, first, last, &Columns::Weave<int16_t>);
    default:
      return Run(params, x, packed, y, first, last, &Columns::Weave<int8_t>);
  }
}

}  // namespace goldcrest::kernels::quantized_depthwise
