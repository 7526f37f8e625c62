#include <immintrin.h>

#include "kernels/quantized_conv/quantized_conv.h"

namespace goldcrest::kernels::quantized_conv {
namespace {

#include "kernels/int_avx512.h"

#include "kernels/bytes-inl.h"

#include "kernels/requantize-inl.h"

// Pairs of 16 bits: exact, as two products of nine bits each fit in 32.
struct Dot {
  using Element = int16_t;
  using Weight = int16_t;
  using Vector = __m512i;
  static constexpr int64_t kGroup = 2;
  static Element From(int8_t x) { return x; }
  static Element From(uint8_t x) { return x; }
  static Vector Load(const Weight* w) { return _mm512_loadu_si512(w); }
  static Vector Broadcast(const Element* a) {
    int32_t pair;
    __builtin_memcpy(&pair, a, sizeof(pair));
    return _mm512_set1_epi32(pair);
  }
  static Int Add(Int sums, Vector a, Vector w) {
    return {_mm512_add_epi32(sums.v, _mm512_madd_epi16(a, w))};
  }
};

#include "kernels/quantized_conv/quantized_conv-inl.h"

}  // namespace

void RunAvx512(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
               const Block& block) noexcept {
  RunTiles<8, 2>(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::quantized_conv
