#include <immintrin.h>

#include "kernels/quantized_depthwise/quantized_depthwise.h"
#include "kernels/requantize_sums/requantize_sums.h"

namespace goldcrest::kernels::quantized_depthwise {
namespace {

#include "kernels/int_avx2.h"

constexpr auto RequantizeSums = RequantizeSumsAvx2;

// Pairs of 16 bits: exact, as two products of nine bits each, or of 16 by eight, fit in 32.
struct Dot {
  using Weight = int16_t;
  using Vector = __m256i;
  static constexpr int64_t kGroup = 2;
  explicit Dot(const QuantizedLayer&) {}
  static Vector Weave(const int8_t* const (&x)[2]) { return _mm256_cvtepi8_epi16(Bytes(x)); }
  static Vector Weave(const uint8_t* const (&x)[2]) { return _mm256_cvtepu8_epi16(Bytes(x)); }
  static Vector Weave(const int16_t* const (&x)[2]) {
    const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(x[0]));
    const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(x[1]));
    return _mm256_set_m128i(_mm_unpackhi_epi16(a, b), _mm_unpacklo_epi16(a, b));
  }
  static Vector Load(const Weight* w) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(w));
  }
  static Int Add(Int sums, Vector a, Vector w) {
    return {_mm256_add_epi32(sums.v, _mm256_madd_epi16(a, w))};
  }

 private:
  template <class X>
  static __m128i Bytes(const X* const (&x)[2]) {
    return _mm_unpacklo_epi8(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(x[0])),
                             _mm_loadl_epi64(reinterpret_cast<const __m128i*>(x[1])));
  }
};

#include "kernels/quantized_depthwise/quantized_depthwise-inl.h"

}  // namespace

void RunAvx2(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
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
