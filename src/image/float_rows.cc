#include "image/float_rows.h"

#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace goldcrest::image {
namespace plain {

void LerpAlong(const Taps& taps, const uint8_t* in, float* out) {
  const float* weight = taps.weights.data();
  for (const Taps::Span& span : taps.spans) {
    const uint8_t* low = in + span.first * 3;
    const uint8_t* high = low + (span.count - 1) * 3;
    for (int c = 0; c < 3; ++c) *out++ = Lerp(low[c], high[c], *weight);
    weight += taps.longest;
  }
}

void LerpRows(const float* low, const float* high, float weight, int64_t count, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = Lerp(low[i], high[i], weight);
}

void RoundToBytes(const float* in, int64_t count, uint8_t* out) {
  std::transform(in, in + count, out, ToByte);
}

}  // namespace plain

#ifdef __SSE2__

namespace {

__m128 LerpVector(__m128 low, __m128 high, __m128 weight) {
  return _mm_add_ps(low, _mm_mul_ps(_mm_sub_ps(high, low), weight));
}

// The lower four of eight words as floats.
__m128 LowerFloats(__m128i words) {
  return _mm_cvtepi32_ps(_mm_unpacklo_epi16(words, _mm_setzero_si128()));
}

// A pixel, and a number behind it. Both pixels of the span are loaded and two bytes behind them;
// where there is only one, whatever comes behind it.
__m128 LerpPixel(const Taps::Span& span, const uint8_t* in, float weight) {
  const auto* both = reinterpret_cast<const __m128i*>(in + span.first * 3);
  const __m128i words = _mm_unpacklo_epi8(_mm_loadl_epi64(both), _mm_setzero_si128());
  const __m128 low = LowerFloats(words);
  const __m128 high = span.count > 1 ? LowerFloats(_mm_srli_si128(words, 6)) : low;
  return LerpVector(low, high, _mm_set1_ps(weight));
}

// Four bytes as 32-bit numbers.
__m128i Rounded(const float* x) {
  const __m128 clamped =
      _mm_max_ps(_mm_min_ps(_mm_loadu_ps(x), _mm_set1_ps(255)), _mm_setzero_ps());
  const __m128i bits = _mm_castps_si128(_mm_add_ps(clamped, _mm_set1_ps(kNoFractions)));
  return _mm_and_si128(bits, _mm_set1_epi32(255));
}

}  // namespace

void LerpAlong(const Taps& taps, const uint8_t* in, float* out) {
  const float* weight = taps.weights.data();
  const int64_t weight_step = taps.longest;
  const int64_t last = taps.outputs() - 1;
  for (int64_t i = 0; i < last; ++i, weight += weight_step, out += 3) {
    // A number too many is overwritten by the next pixel.
    _mm_storeu_ps(out, LerpPixel(taps.spans[static_cast<size_t>(i)], in, *weight));
  }
  if (last < 0) return;
  const __m128 pixel = LerpPixel(taps.spans.back(), in, *weight);
  std::memcpy(out, &pixel, 3 * sizeof(float));
}

void LerpRows(const float* low, const float* high, float weight, int64_t count, float* out) {
  const __m128 weights = _mm_set1_ps(weight);
  int64_t i = 0;
  for (; i + 4 <= count; i += 4) {
    _mm_storeu_ps(out + i, LerpVector(_mm_loadu_ps(low + i), _mm_loadu_ps(high + i), weights));
  }
  plain::LerpRows(low + i, high + i, weight, count - i, out + i);
}

void RoundToBytes(const float* in, int64_t count, uint8_t* out) {
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m128i first = _mm_packs_epi32(Rounded(in + i), Rounded(in + i + 4));
    const __m128i second = _mm_packs_epi32(Rounded(in + i + 8), Rounded(in + i + 12));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), _mm_packus_epi16(first, second));
  }
  plain::RoundToBytes(in + i, count - i, out + i);
}

#else

void LerpAlong(const Taps& taps, const uint8_t* in, float* out) { plain::LerpAlong(taps, in, out); }

void LerpRows(const float* low, const float* high, float weight, int64_t count, float* out) {
  plain::LerpRows(low, high, weight, count, out);
}

void RoundToBytes(const float* in, int64_t count, uint8_t* out) {
  plain::RoundToBytes(in, count, out);
}

#endif

}  // namespace goldcrest::image
