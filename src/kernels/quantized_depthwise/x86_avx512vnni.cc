#include <immintrin.h>

#include "kernels/quantized_depthwise/quantized_depthwise.h"
#include "kernels/requantize_sums/requantize_sums.h"

namespace goldcrest::kernels::quantized_depthwise {
namespace {

#include "kernels/int_avx512.h"

constexpr auto RequantizeSums = RequantizeSumsAvx512;

// Four unsigned bytes of input by four signed weights; the instruction does not saturate.
struct Dot {
  using Weight = int8_t;
  using Vector = __m512i;
  static constexpr int64_t kGroup = 4;
  explicit Dot(const QuantizedLayer& layer)
      : sign(layer.input == tensor::DType::kInt8 ? static_cast<int32_t>(0x80808080) : 0) {}
  // The rows side by side; four channels of all to each quarter; bytes of a channel together.
  Vector Weave(const uint8_t* const (&x)[4]) const {
    __m512i rows = _mm512_castsi128_si512(Sixteen(x[0]));
    rows = _mm512_inserti32x4(rows, Sixteen(x[1]), 1);
    rows = _mm512_inserti32x4(rows, Sixteen(x[2]), 2);
    rows = _mm512_inserti32x4(rows, Sixteen(x[3]), 3);
    const __m512i quarters =
        _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m128i bytes = _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    rows = _mm512_permutexvar_epi32(quarters, rows);
    rows = _mm512_shuffle_epi8(rows, _mm512_broadcast_i32x4(bytes));
    return _mm512_xor_si512(rows, _mm512_set1_epi32(sign));
  }
  static Vector Load(const Weight* w) { return _mm512_loadu_si512(w); }
  static Int Add(Int sums, Vector a, Vector w) { return {_mm512_dpbusd_epi32(sums.v, a, w)}; }

 private:
  static __m128i Sixteen(const uint8_t* x) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(x));
  }
  int32_t sign;
};

#include "kernels/quantized_depthwise/quantized_depthwise-inl.h"

}  // namespace

void RunAvx512Vnni(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                   int64_t first, int64_t last) noexcept {
  Run(params, x, packed, y, first, last, &Columns::Weave<uint8_t>);
}

}  // namespace goldcrest::kernels::quantized_depthwise
