// IEEE 754 binary16, by its bits: not every compiler has the type (GCC 12 for aarch64 lacks
// _Float16 in C++).
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace goldcrest::tensor {

inline float HalfToFloat(uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 1023;
  float magnitude = 0;
  if (exponent == 31) {
    magnitude = fraction == 0 ? std::numeric_limits<float>::infinity()
                              : std::numeric_limits<float>::quiet_NaN();
  } else if (exponent == 0) {
    magnitude = std::ldexp(static_cast<float>(fraction), -24);
  } else {
    magnitude = std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
  }
  return std::copysign(magnitude, (bits & 0x8000) != 0 ? -1.0F : 1.0F);
}

}  // namespace goldcrest::tensor
