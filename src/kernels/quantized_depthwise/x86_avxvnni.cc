#include <immintrin.h>

#include "kernels/quantized_depthwise/quantized_depthwise.h"
#include "kernels/requantize_sums/requantize_sums.h"

namespace goldcrest::kernels::quantized_depthwise {
namespace {

#include "kernels/int_avx2.h"

constexpr auto RequantizeSums = RequantizeSumsAvx2;

// Four unsigned bytes of input by four signed weights; the instruction does not saturate.
struct Dot {
  using Weight = int8_t;
  using Vector = __m256i;
  static constexpr int64_t kGroup = 4;
  explicit Dot(const QuantizedLayer& layer)
      : sign(layer.input == tensor::DType::kInt8 ? static_cast<int32_t>(0x80808080) : 0) {}
  // Eight channels of each row; bytes of a channel together.
  Vector Weave(const uint8_t* const (&x)[4]) const {
    const __m128i first = _mm_unpacklo_epi8(Eight(x[0]), Eight(x[1]));
    const __m128i last = _mm_unpacklo_epi8(Eight(x[2]), Eight(x[3]));
    const __m256i rows =
        _mm256_set_m128i(_mm_unpackhi_epi16(first, last), _mm_unpacklo_epi16(first, last));
    return _mm256_xor_si256(rows, _mm256_set1_epi32(sign));
  }
  static Vector Load(const Weight* w) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(w));
  }
  static Int Add(Int sums, Vector a, Vector w) { return {_mm256_dpbusd_avx_epi32(sums.v, a, w)}; }

 private:
  static __m128i Eight(const uint8_t* x) {
    return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(x));
  }
  int32_t sign;
};

#include "kernels/quantized_depthwise/quantized_depthwise-inl.h"

}  // namespace

void RunAvxVnni(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                int64_t first, int64_t last) noexcept {
  Run(params, x, packed, y, first, last, &Columns::Weave<uint8_t>);
}

}  // namespace goldcrest::kernels::quantized_depthwise
