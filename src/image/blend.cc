#include "image/blend.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>

#include "image/float_rows.h"

namespace goldcrest::image {
namespace {

constexpr int64_t kBlock = 512;  // elements of a row that are summed over all rows at a time

template <class T>
const T* WeightsOf(const std::vector<T>& weights, const Taps& taps, int64_t output) {
  return weights.data() + output * taps.longest;
}

void CopyAlong(const Taps& taps, const uint8_t* in, uint8_t* out) {
  for (const Taps::Span& span : taps.spans) {
    const uint8_t* x = in + span.first * 3;
    for (int c = 0; c < 3; ++c) *out++ = x[c];
  }
}

void LerpAlong(const Taps& taps, const float* in, float* out) {
  const float* weight = taps.weights.data();
  for (const Taps::Span& span : taps.spans) {
    const float* low = in + span.first * 3;
    const float* high = low + (span.count - 1) * 3;
    for (int c = 0; c < 3; ++c) *out++ = Lerp(low[c], high[c], *weight);
    weight += taps.longest;
  }
}

template <class T>
void SumAlong(const Taps& taps, const T* in, float* out) {
  const float* weights = taps.weights.data();
  for (const Taps::Span& span : taps.spans) {
    const T* x = in + span.first * 3;
    std::array<float, 3> sum = {0, 0, 0};
    for (int64_t k = 0; k < span.count; ++k, x += 3) {
      for (size_t c = 0; c < 3; ++c) sum[c] += static_cast<float>(x[c]) * weights[k];
    }
    for (float s : sum) *out++ = s;
    weights += taps.longest;
  }
}

void FixedPointAcross(const Taps& taps, int64_t output, const Rows<uint8_t>& in, int64_t elements,
                      uint8_t* out) {
  const Taps::Span& span = taps.spans[static_cast<size_t>(output)];
  const int32_t* weights = WeightsOf(taps.fixed, taps, output);
  std::array<int32_t, kBlock> sums;
  for (int64_t begin = 0; begin < elements; begin += kBlock) {
    const int64_t count = std::min(kBlock, elements - begin);
    std::fill_n(sums.data(), count, kFixedPointHalf);
    for (int64_t k = 0; k < span.count; k += 2) {
      const bool alone = k + 1 == span.count;
      const uint8_t* a = in[span.first + k] + begin;
      const uint8_t* b = alone ? a : in[span.first + k + 1] + begin;
      AddWeighted(a, b, weights[k], alone ? 0 : weights[k + 1], count, sums.data());
    }
    std::transform(sums.data(), sums.data() + count, out + begin, ByteOfSum);
  }
}

template <class T>
void LerpAcross(const Taps& taps, int64_t output, const Rows<T>& in, int64_t elements, float* out) {
  const Taps::Span& span = taps.spans[static_cast<size_t>(output)];
  const float weight = *WeightsOf(taps.weights, taps, output);
  const T* low = in[span.first];
  const T* high = in[span.first + span.count - 1];
  if constexpr (std::is_same_v<T, float>) {
    LerpRows(low, high, weight, elements, out);
  } else {
    for (int64_t i = 0; i < elements; ++i) out[i] = Lerp(low[i], high[i], weight);
  }
}

template <class T>
void SumAcross(const Taps& taps, int64_t output, const Rows<T>& in, int64_t elements, float* out) {
  const Taps::Span& span = taps.spans[static_cast<size_t>(output)];
  const float* weights = WeightsOf(taps.weights, taps, output);
  for (int64_t begin = 0; begin < elements; begin += kBlock) {
    const int64_t count = std::min(kBlock, elements - begin);
    float* sum = out + begin;
    std::fill_n(sum, count, 0.0F);
    for (int64_t k = 0; k < span.count; ++k) {
      const T* x = in[span.first + k] + begin;
      for (int64_t i = 0; i < count; ++i) sum[i] += static_cast<float>(x[i]) * weights[k];
    }
  }
}

template <class T>
void FloatsAlong(const Taps& taps, const T* in, float* out) {
  if (taps.blend == Blend::kLerp) return LerpAlong(taps, in, out);
  SumAlong(taps, in, out);
}

template <class T>
void FloatsAcross(const Taps& taps, int64_t output, const Rows<T>& in, int64_t elements,
                  float* out) {
  if (taps.blend == Blend::kLerp) return LerpAcross(taps, output, in, elements, out);
  SumAcross(taps, output, in, elements, out);
}

}  // namespace

void BlendAlong(const Taps& taps, const uint8_t* in, uint8_t* out) {
  if (taps.blend == Blend::kCopy) return CopyAlong(taps, in, out);
  FixedPointAlong(taps, in, out);
}

void BlendAlong(const Taps& taps, const uint8_t* in, float* out) { FloatsAlong(taps, in, out); }

void BlendAlong(const Taps& taps, const float* in, float* out) { FloatsAlong(taps, in, out); }

void BlendAcross(const Taps& taps, int64_t output, const Rows<uint8_t>& in, int64_t elements,
                 uint8_t* out) {
  if (taps.blend == Blend::kFixedPoint) return FixedPointAcross(taps, output, in, elements, out);
  const Taps::Span& span = taps.spans[static_cast<size_t>(output)];
  std::memcpy(out, in[span.first], static_cast<size_t>(elements));
}

void BlendAcross(const Taps& taps, int64_t output, const Rows<uint8_t>& in, int64_t elements,
                 float* out) {
  FloatsAcross(taps, output, in, elements, out);
}

void BlendAcross(const Taps& taps, int64_t output, const Rows<float>& in, int64_t elements,
                 float* out) {
  FloatsAcross(taps, output, in, elements, out);
}

}  // namespace goldcrest::image
