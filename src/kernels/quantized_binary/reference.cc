#include <cmath>

#include "kernels/quantized_binary/quantized_binary.h"

namespace goldcrest::kernels::quantized_binary {
namespace {

// Of operands without their zero points; the result without its own.
int64_t Combine(const Params& p, int32_t a, int32_t b) {
  switch (p.formula) {
    case Formula::kAdd: {
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
  }
  return 0;
}

template <class T>
void Run(const Params& p, const T* a, const T* b, T* y, int64_t first, int64_t last) {
  for (int64_t i = first; i < last; ++i) {
    const int64_t result = Combine(p, a[i] - p.a_zero, b[p.PlaceInB(i)] - p.b_zero);
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
