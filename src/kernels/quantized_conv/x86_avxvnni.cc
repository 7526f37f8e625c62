#include <immintrin.h>

#include "kernels/quantized_conv/quantized_conv.h"
#include "kernels/requantize_sums/requantize_sums.h"

namespace goldcrest::kernels::quantized_conv {
namespace {

#include "kernels/int_avx2.h"

#include "kernels/bytes-inl.h"

#include "kernels/pack_bytes_avx2.h"

#include "kernels/requantize_bytes-inl.h"

constexpr auto RequantizeSums = RequantizeSumsAvx2;

#include "kernels/quantized_conv/bytes_dot.h"

struct Dot : BytesDot {
  using BytesDot::BytesDot;
  using Vector = __m256i;
  static Vector Load(const Weight* w) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(w));
  }
  static Vector Broadcast(const Element* a) { return _mm256_set1_epi32(Four(a)); }
  static Int Add(Int sums, Vector a, Vector w) { return {_mm256_dpbusd_avx_epi32(sums.v, a, w)}; }
};

#include "kernels/quantized_conv/quantized_conv-inl.h"

}  // namespace

void RunAvxVnni(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                const Block& block) noexcept {
  Tile<6>::Run<std::byte>(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::quantized_conv
