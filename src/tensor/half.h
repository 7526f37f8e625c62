// IEEE 754 binary16, by its bits: not every compiler has the type (GCC 12 for aarch64 lacks
// _Float16 in C++).
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace goldcrest::tensor {

inline float HalfToFloat(uint16_t bits) {
  const uint32_t sign = (bits & 0x8000U) << 16;
  const uint32_t magnitude = (bits & 0x7fffU) << 13;  // with half's bias in float's place
  if (magnitude >= 0x7c00U << 13) return std::bit_cast<float>(sign | 0x7f800000U | magnitude);
  const float scaled = std::bit_cast<float>(magnitude) * 0x1p112F;
  return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(scaled));
}

// To the nearest, ties to even; infinite from 65520 on.
inline uint16_t FloatToHalf(float x) {
  const auto sign = static_cast<uint16_t>(std::signbit(x) ? 0x8000 : 0);
  const float magnitude = std::fabs(x);
  if (std::isnan(x)) return sign | 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  const int exponent = magnitude < 0x1p-14F ? -14 : std::ilogb(magnitude);
  // Counts steps of the last place; a carry goes on into the exponent.
  const auto steps = static_cast<int>(std::nearbyint(std::ldexp(magnitude, 10 - exponent)));
  return static_cast<uint16_t>(sign | (((exponent + 14) << 10) + steps));
}

}  // namespace goldcrest::tensor
