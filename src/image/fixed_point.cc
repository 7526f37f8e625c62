#include "image/fixed_point.h"

#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace goldcrest::image {
namespace {

// In unsigned arithmetic, which may wrap around.
uint32_t Product(uint8_t x, int32_t weight) { return x * static_cast<uint32_t>(weight); }

}  // namespace

namespace plain {

void FixedPointAlong(const Taps& taps, const uint8_t* in, uint8_t* out) {
  const int32_t* weights = taps.fixed.data();
  for (const Taps::Span& span : taps.spans) {
    const uint8_t* x = in + span.first * 3;
    uint32_t sums[3] = {kFixedPointHalf, kFixedPointHalf, kFixedPointHalf};
    for (int64_t k = 0; k < span.count; ++k, x += 3) {
      for (int c = 0; c < 3; ++c) sums[c] += Product(x[c], weights[k]);
    }
    for (uint32_t sum : sums) *out++ = ByteOfSum(static_cast<int32_t>(sum));
    weights += taps.longest;
  }
}

void AddWeighted(const uint8_t* a, const uint8_t* b, int32_t weight_a, int32_t weight_b,
                 int64_t count, int32_t* sums) {
  for (int64_t i = 0; i < count; ++i) {
    const uint32_t products = Product(a[i], weight_a) + Product(b[i], weight_b);
    sums[i] = static_cast<int32_t>(static_cast<uint32_t>(sums[i]) + products);
  }
}

}  // namespace plain

#ifdef __SSE2__

namespace {

__m128i Load4(const uint8_t* bytes) {
  int32_t word;
  std::memcpy(&word, bytes, sizeof word);
  return _mm_cvtsi32_si128(word);
}

__m128i Load8(const void* bytes) { return _mm_loadl_epi64(static_cast<const __m128i*>(bytes)); }

// Four sums of two products; the factors alternate in `elements` as 16-bit numbers.
__m128i PairProducts(__m128i elements, __m128i low, __m128i high) {
  const __m128i high_products = _mm_madd_epi16(elements, high);
  return _mm_add_epi32(_mm_madd_epi16(elements, low),
                       _mm_slli_epi32(high_products, WeightPair::kLowBits));
}

}  // namespace

void FixedPointAlong(const Taps& taps, const uint8_t* in, uint8_t* out) {
  const __m128i zero = _mm_setzero_si128();
  const WeightPair* weights = taps.pairs.data();
  const uint8_t* end = out + taps.outputs() * 3;
  for (const Taps::Span& span : taps.spans) {
    const uint8_t* x = in + span.first * 3;
    __m128i low = _mm_set1_epi32(kFixedPointHalf);
    __m128i high = zero;
    for (int64_t pair = 0; pair < (span.count + 1) / 2; ++pair, x += 6) {
      // Two pixels, channel by channel: r r g g b b, and what comes behind.
      const __m128i bytes = _mm_unpacklo_epi8(Load4(x), Load4(x + 3));
      const __m128i pixels = _mm_unpacklo_epi8(bytes, zero);
      const __m128i both = Load8(weights + pair);
      low = _mm_add_epi32(low, _mm_madd_epi16(pixels, _mm_shuffle_epi32(both, 0x00)));
      high = _mm_add_epi32(high, _mm_madd_epi16(pixels, _mm_shuffle_epi32(both, 0x55)));
    }
    weights += (taps.longest + 1) / 2;
    const __m128i sum = _mm_add_epi32(low, _mm_slli_epi32(high, WeightPair::kLowBits));
    // Both packings clamp.
    const __m128i words = _mm_packs_epi32(_mm_srai_epi32(sum, kFixedPointBits), zero);
    const int32_t pixel = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
    // A byte too many is overwritten by the next pixel; the last has none.
    std::memcpy(out, &pixel, end - out > 3 ? 4 : 3);
    out += 3;
  }
}

void AddWeighted(const uint8_t* a, const uint8_t* b, int32_t weight_a, int32_t weight_b,
                 int64_t count, int32_t* sums) {
  const WeightPair pair = WeightPair::Of(weight_a, weight_b);
  const __m128i zero = _mm_setzero_si128();
  const __m128i low = _mm_shuffle_epi32(Load8(&pair), 0x00);
  const __m128i high = _mm_shuffle_epi32(Load8(&pair), 0x55);
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m128i bytes = _mm_unpacklo_epi8(Load8(a + i), Load8(b + i));
    const __m128i first = PairProducts(_mm_unpacklo_epi8(bytes, zero), low, high);
    const __m128i second = PairProducts(_mm_unpackhi_epi8(bytes, zero), low, high);
    auto* sum = reinterpret_cast<__m128i*>(sums + i);
    _mm_storeu_si128(sum, _mm_add_epi32(_mm_loadu_si128(sum), first));
    _mm_storeu_si128(sum + 1, _mm_add_epi32(_mm_loadu_si128(sum + 1), second));
  }
  plain::AddWeighted(a + i, b + i, weight_a, weight_b, count - i, sums + i);
}

#else

void FixedPointAlong(const Taps& taps, const uint8_t* in, uint8_t* out) {
  plain::FixedPointAlong(taps, in, out);
}

void AddWeighted(const uint8_t* a, const uint8_t* b, int32_t weight_a, int32_t weight_b,
                 int64_t count, int32_t* sums) {
  plain::AddWeighted(a, b, weight_a, weight_b, count, sums);
}

#endif

}  // namespace goldcrest::image
