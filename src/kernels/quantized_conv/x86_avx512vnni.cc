#include <immintrin.h>

#include "kernels/quantized_conv/quantized_conv.h"
#include "kernels/requantize_sums/requantize_sums.h"

namespace goldcrest::kernels::quantized_conv {
namespace {

#include "kernels/int_avx512.h"

#include "kernels/requantize_bytes_avx512.h"

constexpr auto RequantizeSums = RequantizeSumsAvx512;

// Four unsigned bytes of input by four signed weights; the instruction does not saturate.
struct Dot {
  using Element = uint8_t;
  using Weight = int8_t;
  using Vector = __m512i;
  static constexpr int64_t kGroup = 4;
  static constexpr int64_t kChunk = 32;
  static constexpr bool kOffsets = true;
  explicit Dot(const QuantizedLayer& layer)
      : sign(layer.input == tensor::DType::kInt8 ? 0x80 : 0),
        moved(layer.filter_zero - (layer.filter == tensor::DType::kUInt8 ? 128 : 0)) {}
  Element From(std::byte x) const { return static_cast<Element>(static_cast<Element>(x) ^ sign); }
  void Gather(const std::byte* x, Element* to) const {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x));
    const __m256i signs = _mm256_set1_epi8(static_cast<char>(sign));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_xor_si256(bytes, signs));
  }
  static Vector Load(const Weight* w) { return _mm512_loadu_si512(w); }
  static Vector Broadcast(const Element* a) {
    int32_t four;
    __builtin_memcpy(&four, a, sizeof(four));
    return _mm512_set1_epi32(four);
  }
  static Int Add(Int sums, Vector a, Vector w) { return {_mm512_dpbusd_epi32(sums.v, a, w)}; }
  // All weights were moved alike: that is so many times the sum of the elements.
  int32_t Offset(const Element* a, int64_t count) const {
    if (moved == 0) return 0;
    __m512i sums = _mm512_setzero_si512();
    for (int64_t i = 0; i < count; i += 64) {
      const __mmask64 mask = count - i < 64 ? (__mmask64{1} << (count - i)) - 1 : ~__mmask64{0};
      sums = _mm512_dpbusd_epi32(sums, _mm512_maskz_loadu_epi8(mask, a + i), _mm512_set1_epi8(1));
    }
    return -moved * _mm512_reduce_add_epi32(sums);
  }
  Element sign;
  int32_t moved;
};

#include "kernels/quantized_conv/quantized_conv-inl.h"

}  // namespace

void RunAvx512Vnni(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                   const Block& block) noexcept {
  Tile<14>::Run<std::byte>(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::quantized_conv
