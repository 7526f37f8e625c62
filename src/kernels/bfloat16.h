// bfloat16: the upper half of a float32, whose exponent it keeps. Not for files of an instruction
// set of their own, whose functions the linker may keep for every machine.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace goldcrest::kernels {

// To the nearest, half to even, as the instructions do, except that subnormals are kept.
inline uint16_t ToBfloat16(float x) {
  const auto bits = std::bit_cast<uint32_t>(x);
  if (std::isnan(x)) return static_cast<uint16_t>(bits >> 16 | 0x40);  // stays one
  return static_cast<uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

inline float FromBfloat16(uint16_t x) { return std::bit_cast<float>(uint32_t{x} << 16); }

}  // namespace goldcrest::kernels
