#include <immintrin.h>

#include "kernels/quantized_conv/quantized_conv.h"
#include "kernels/requantize_sums/requantize_sums.h"

namespace goldcrest::kernels::quantized_conv {
namespace {

namespace lanes16 {

#include "kernels/int_avx512.h"

#include "kernels/pack_bytes_avx512.h"

#include "kernels/requantize_bytes-inl.h"

constexpr auto RequantizeSums = RequantizeSumsAvx512;

#include "kernels/quantized_conv/bytes_dot.h"

#include "kernels/quantized_conv/dot_avx512vnni.h"

#include "kernels/quantized_conv/quantized_conv-inl.h"

#include "kernels/quantized_conv/kept/kept-inl.h"

}  // namespace lanes16

// Few output channels, on half of the register.
namespace lanes8 {

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
  static Int Add(Int sums, Vector a, Vector w) { return {_mm256_dpbusd_epi32(sums.v, a, w)}; }
};

#include "kernels/quantized_conv/quantized_conv-inl.h"

#include "kernels/quantized_conv/kept/kept-inl.h"

}  // namespace lanes8

}  // namespace

void RunKeptAvx512Vnni(const Params& params, const std::byte* x, const std::byte* packed,
                       std::byte* y, const Block& block) noexcept {
  lanes16::RunKept<2>(params, x, packed, y, block);
}

void RunNarrowKeptAvx512Vnni(const Params& params, const std::byte* x, const std::byte* packed,
                             std::byte* y, const Block& block) noexcept {
  lanes8::RunKept<1>(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::quantized_conv
