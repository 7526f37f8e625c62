// Rows of floats: the arithmetic of Blend::kLerp, and bytes of what it makes.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "image/taps.h"

namespace goldcrest::image {

// One row of taps.inputs() pixels → taps.outputs() pixels. Behind the row, kRowPadding bytes more
// can be read.
void LerpAlong(const Taps& taps, const uint8_t* in, float* out);

// out[i] = low[i] + (high[i] − low[i]) · weight
void LerpRows(const float* low, const float* high, float weight, int64_t count, float* out);

// Rounds half to even, clamped to bytes.
void RoundToBytes(const float* in, int64_t count, uint8_t* out);

// The same for single numbers.
template <class T>
float Lerp(T a, T b, float weight) {
  const auto low = static_cast<float>(a);
  return low + (static_cast<float>(b) - low) * weight;
}

// Where float32 has no room for fractions, above 2^23, the addition rounds. (The machine's own
// rounding is a call on the oldest x86-64.)
inline constexpr float kNoFractions = 1 << 23;
inline uint8_t ToByte(float x) {
  return static_cast<uint8_t>(std::bit_cast<uint32_t>(std::clamp(x, 0.0F, 255.0F) + kNoFractions));
}

// The same in plain loops: the reference, and what other machines run.
namespace plain {
void LerpAlong(const Taps& taps, const uint8_t* in, float* out);
void LerpRows(const float* low, const float* high, float weight, int64_t count, float* out);
void RoundToBytes(const float* in, int64_t count, uint8_t* out);
}  // namespace plain

}  // namespace goldcrest::image
