#include <immintrin.h>

#include "kernels/quantized_conv/quantized_conv.h"

namespace goldcrest::kernels::quantized_conv {
namespace {

#include "kernels/int_avx512.h"

#include "kernels/bytes-inl.h"

#include "kernels/requantize-inl.h"

// Four unsigned bytes of input by four signed weights; the instruction does not saturate.
struct Dot {
  using Element = uint8_t;
  using Weight = int8_t;
  using Vector = __m512i;
  static constexpr int64_t kGroup = 4;
  static Element From(int8_t x) { return static_cast<uint8_t>(static_cast<uint8_t>(x) ^ 0x80); }
  static Element From(uint8_t x) { return x; }
  static Vector Load(const Weight* w) { return _mm512_loadu_si512(w); }
  static Vector Broadcast(const Element* a) {
    int32_t four;
    __builtin_memcpy(&four, a, sizeof(four));
    return _mm512_set1_epi32(four);
  }
  static Int Add(Int sums, Vector a, Vector w) { return {_mm512_dpbusd_epi32(sums.v, a, w)}; }
};

#include "kernels/quantized_conv/quantized_conv-inl.h"

}  // namespace

void RunAvx512Vnni(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                   const Block& block) noexcept {
  RunTiles<8, 2>(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::quantized_conv
