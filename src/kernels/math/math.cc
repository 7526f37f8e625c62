#include "kernels/math/math.h"

#include <cmath>

namespace goldcrest::kernels::math {
namespace {

double Value(Function function, double x) {
  switch (function) {
    case Function::kAbs:
      return std::fabs(x);
    case Function::kCeil:
      return std::ceil(x);
    case Function::kCos:
      return std::cos(x);
    case Function::kElu:
      return x > 0 ? x : std::expm1(x);
    case Function::kExp:
      return std::exp(x);
    case Function::kFloor:
      return std::floor(x);
    case Function::kLog:
      return std::log(x);
    case Function::kNeg:
      return -x;
    case Function::kRound:
      return std::nearbyint(x);
    case Function::kRsqrt:
      return 1 / std::sqrt(x);
    case Function::kSin:
      return std::sin(x);
    case Function::kSqrt:
      return std::sqrt(x);
    case Function::kSquare:
      return x * x;
  }
  return x;
}

}  // namespace

void Run(Function function, const float* x, float* y, int64_t first, int64_t last) noexcept {
  for (int64_t i = first; i < last; ++i) y[i] = static_cast<float>(Value(function, x[i]));
}

}  // namespace goldcrest::kernels::math
