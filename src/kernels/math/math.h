// y = f(x), float32, elementwise: functions that MobileNets hardly have. In double, then rounded.
#pragma once

#include <cstdint>

namespace goldcrest::kernels::math {

enum class Function : uint8_t {
  kAbs,
  kCeil,
  kCos,
  kElu,  // x where it is positive, else exp(x) − 1
  kExp,
  kFloor,
  kLog,
  kNeg,
  kRound,  // halves to even
  kRsqrt,  // 1 / sqrt(x)
  kSin,
  kSqrt,
  kSquare,
};

// Computes the elements [first, last).
void Run(Function function, const float* x, float* y, int64_t first, int64_t last) noexcept;

}  // namespace goldcrest::kernels::math
