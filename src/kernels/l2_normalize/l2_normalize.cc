#include "kernels/l2_normalize/l2_normalize.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "kernels/fixed_point.h"
#include "kernels/fixed_point_functions.h"

namespace goldcrest::kernels::l2_normalize {
namespace {

using fixed::Minus;
using fixed::Times;
using fixed::TimesPower;

// 1 / sqrt(sum) as multiplier · 2^(shift − 31).
FixedPoint ReciprocalRoot(int32_t sum) {
  if (sum <= 1) return {INT32_MAX, 0};
  int shift = 11;
  while (sum >= 1 << 29) {
    sum /= 4;
    ++shift;
  }
  // To [2^27, 2^29), by pairs of bits.
  const int pairs = (std::countl_zero(static_cast<uint32_t>(sum)) - 1) / 2 - 1;
  shift -= pairs;
  sum <<= 2 * pairs;
  // Numbers with three integer bits; a product of two has six, of three nine.
  const int32_t half = fixed::DivideByPower<int32_t>(sum >> 1, 1);
  const int32_t three_halves = (1 << 28) + (1 << 27);
  int32_t x = 1 << 28;
  for (int step = 0; step < 5; ++step) {
    const int32_t cube = TimesPower(Times(Times(x, x), x), 6);
    x = TimesPower(Minus(Times(three_halves, x), Times(half, cube)), 3);
  }
  x = Times(x, 1518500250);  // sqrt(2) / 2
  if (shift < 0) {
    x = ShiftLeft(x, -shift);
    shift = 0;
  }
  return {x, -shift};
}

template <class T>
void RunIntegers(const Params& p, const T* x, T* y) {
  int32_t sum = 0;
  for (int64_t i = 0; i < p.channels; ++i) sum += (x[i] - p.x_zero) * (x[i] - p.x_zero);
  FixedPoint factor = ReciprocalRoot(sum);
  constexpr bool kSigned = std::is_signed_v<T>;
  if (kSigned) factor.shift += 7;
  for (int64_t i = 0; i < p.channels; ++i) {
    const int32_t value = x[i] - p.x_zero;
    const int32_t result =
        kSigned ? MultiplyDouble(value, factor) : 128 + MultiplyDouble(128 * value, factor);
    y[i] = static_cast<T>(std::clamp(result, kSigned ? -128 : 0, kSigned ? 127 : 255));
  }
}

// A row of zeros stays one, as TensorFlow has it.
void RunFloats(const Params& p, const float* x, float* y) {
  double sum = 0;
  for (int64_t i = 0; i < p.channels; ++i) sum += static_cast<double>(x[i]) * x[i];
  const double norm = std::max(std::sqrt(sum), 1e-6);
  for (int64_t i = 0; i < p.channels; ++i) y[i] = static_cast<float>(x[i] / norm);
}

}  // namespace

void Run(const Params& p, const std::byte* x, std::byte* y, int64_t first, int64_t last) noexcept {
  for (int64_t row = first; row < last; ++row) {
    const int64_t at = row * p.channels;
    if (p.dtype == tensor::DType::kInt8) {
      RunIntegers(p, reinterpret_cast<const int8_t*>(x) + at, reinterpret_cast<int8_t*>(y) + at);
    } else if (p.dtype == tensor::DType::kUInt8) {
      RunIntegers(p, reinterpret_cast<const uint8_t*>(x) + at, reinterpret_cast<uint8_t*>(y) + at);
    } else {
      RunFloats(p, reinterpret_cast<const float*>(x) + at, reinterpret_cast<float*>(y) + at);
    }
  }
}

}  // namespace goldcrest::kernels::l2_normalize
