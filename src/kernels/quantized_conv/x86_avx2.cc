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

// Pairs of 16 bits: exact, as two products of nine bits each fit in 32.
struct Dot {
  using Element = int16_t;
  using Weight = int16_t;
  using Vector = __m256i;
  static constexpr int64_t kGroup = 2;
  static constexpr int64_t kChunk = 16;
  static constexpr bool kOffsets = false;
  explicit Dot(const QuantizedLayer& layer)
      : mask(layer.input == tensor::DType::kUInt8 ? 0xFF : -1) {}
  Element From(int16_t x) const { return x; }
  Element From(std::byte x) const { return static_cast<Element>(static_cast<int8_t>(x) & mask); }
  void Gather(const int16_t* x, Element* to) const {
    Put(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(x)), to);
  }
  void Gather(const std::byte* x, Element* to) const {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(x));
    Put(_mm256_and_si256(_mm256_cvtepi8_epi16(bytes), _mm256_set1_epi16(mask)), to);
  }
  static void Put(Vector v, Element* to) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), v); }
  static Vector Load(const Weight* w) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(w));
  }
  static Vector Broadcast(const Element* a) {
    int32_t pair;
    __builtin_memcpy(&pair, a, sizeof(pair));
    return _mm256_set1_epi32(pair);
  }
  static Int Add(Int sums, Vector a, Vector w) {
    return {_mm256_add_epi32(sums.v, _mm256_madd_epi16(a, w))};
  }
  static int32_t Offset(const Element*, int64_t) { return 0; }
  struct Joiner {
    Joiner(const Dot&, int64_t) {}
    static bool Takes(int64_t, int64_t) { return false; }
    void operator()(const void*, int64_t, Element*) const {}
  };
  static constexpr int32_t moved = 0;
  Element mask;  // of a byte with a sign: one without
};

#include "kernels/quantized_conv/quantized_conv-inl.h"

}  // namespace

void RunAvx2(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
             const Block& block) noexcept {
  if (params.layer.input == tensor::DType::kInt16) {
    Tile<6>::Run<int16_t>(params, x, packed, y, block);
  } else {
    Tile<6>::Run<std::byte>(params, x, packed, y, block);
  }
}

}  // namespace goldcrest::kernels::quantized_conv
