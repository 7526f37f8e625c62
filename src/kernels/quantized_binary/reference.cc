#include <algorithm>
#include <cmath>

#include "kernels/quantized_binary/quantized_binary.h"

namespace goldcrest::kernels::quantized_binary {
namespace {

// x · 2^left · factor, rounded once; what a shift to the right leaves is cut off before.
int32_t MultiplyOnce(int32_t x, int left, FixedPoint factor) {
  const int shift = left + factor.shift;
  return MultiplyHigh(shift < 0 ? x >> -shift : ShiftLeft(x, shift), factor.multiplier);
}

// Of operands without their zero points; the result without its own. `i` is its place.
int64_t Combine(const Params& p, int64_t i, int32_t a, int32_t b) {
  switch (p.formula) {
    case Formula::kAdd: {
      if (i < p.rounded_once) {
        return MultiplyDouble(
            MultiplyOnce(a, p.left, p.a_factor) + MultiplyOnce(b, p.left, p.b_factor), p.y_factor);
      }
      const int32_t sum = MultiplyDouble(ShiftLeft(a, p.left), p.a_factor) +
                          MultiplyDouble(ShiftLeft(b, p.left), p.b_factor);
      return MultiplyDouble(sum, p.y_factor);
    }
    case Formula::kAddXnnpack: {
      const int64_t sum = int64_t{a} * p.a_multiplier + int64_t{b} * p.b_multiplier;
      return (sum + (int64_t{1} << (p.shift - 1))) >> p.shift;
    }
    case Formula::kMul:
      return MultiplyDouble(a * b, p.y_factor);
    case Formula::kMulXnnpack:
      return std::llrint(static_cast<float>(a * b) * p.scale);
    case Formula::kLarger:
      return std::max(a, b);
    case Formula::kSmaller:
      return std::min(a, b);
    case Formula::kPrelu:
      return a >= 0 ? MultiplyDouble(a, p.a_factor) : MultiplyDouble(a * b, p.b_factor);
  }
  return 0;
}

template <class T>
void Run(const Params& p, const T* a, const T* b, T* y, int64_t first, int64_t last) {
  for (int64_t i = first; i < last; ++i) {
    const int64_t result = Combine(p, i, a[i] - p.a_zero, b[p.PlaceInB(i)] - p.b_zero);
    y[i] = static_cast<T>(p.clamp(p.y_zero + result));
  }
}

}  // namespace

void RunReference(const Params& params, const std::byte* a, const std::byte* b, std::byte* y,
                  int64_t first, int64_t last) noexcept {
  WithIntegerType(params.dtype, [&](auto type) {
    using T = decltype(type);
    Run(params, reinterpret_cast<const T*>(a), reinterpret_cast<const T*>(b),
        reinterpret_cast<T*>(y), first, last);
  });
}

}  // namespace goldcrest::kernels::quantized_binary
