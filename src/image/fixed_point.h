// Weighted sums of bytes in fixed point: the arithmetic of Blend::kFixedPoint.
//
// Σ fixed[k] · x[k] wraps around modulo 2^32, and what it ends in fits an int32 whatever it went
// through. So a weight may be split in two 16-bit halves, for which even the oldest x86-64 has an
// instruction that multiplies and adds in pairs: four times as fast as plain loops.
#pragma once

#include <algorithm>
#include <cstdint>

#include "image/taps.h"

namespace goldcrest::image {

// Bytes behind a row that FixedPointAlong and LerpAlong may read, whatever they are.
inline constexpr int64_t kRowPadding = 8;

// See BlendAlong and BlendAcross. Writes no byte too many.
void FixedPointAlong(const Taps& taps, const uint8_t* in, uint8_t* out);

// sums[i] += a[i] · weight_a + b[i] · weight_b
void AddWeighted(const uint8_t* a, const uint8_t* b, int32_t weight_a, int32_t weight_b,
                 int64_t count, int32_t* sums);

// The byte that a sum of products stands for.
inline uint8_t ByteOfSum(int32_t sum) {
  return static_cast<uint8_t>(std::clamp(sum >> kFixedPointBits, 0, 255));
}

// The same in plain loops: the reference, and what other machines run.
namespace plain {
void FixedPointAlong(const Taps& taps, const uint8_t* in, uint8_t* out);
void AddWeighted(const uint8_t* a, const uint8_t* b, int32_t weight_a, int32_t weight_b,
                 int64_t count, int32_t* sums);
}  // namespace plain

}  // namespace goldcrest::image
