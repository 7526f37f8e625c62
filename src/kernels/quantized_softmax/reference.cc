#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "kernels/fixed_point_functions.h"
#include "kernels/quantized.h"
#include "kernels/quantized_softmax/quantized_softmax.h"

namespace goldcrest::kernels::quantized_softmax {
namespace {

constexpr int kDifferenceBits = 5;  // integer bits of a scaled difference
constexpr int kSumBits = 12;        // integer bits of a sum of powers

template <class T>
T Saturate(int64_t x) {
  return static_cast<T>(
      std::clamp<int64_t>(x, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
}

template <class T>
void FixedPointRow(const Params& p, const T* x, T* y) {
  const T largest = *std::max_element(x, x + p.classes);
  auto power = [&](T element) {
    const int32_t difference = ShiftLeft(element - largest, p.factor.shift);
    return fixed::ExpOfNegative(MultiplyHigh(difference, p.factor.multiplier), kDifferenceBits);
  };
  int64_t total = 0;
  for (int64_t i = 0; i < p.classes; ++i) {
    if (x[i] - largest >= p.least) total += fixed::DivideByPower(power(x[i]), kSumBits);
  }
  const auto sum = static_cast<uint32_t>(std::min<int64_t>(total, INT32_MAX));
  const int zeros = std::countl_zero(sum);
  const int32_t scale = fixed::Reciprocal(static_cast<int32_t>((sum << zeros) - (1U << 31)));
  const int shift = kSumBits - zeros + 31 - fixed::kBits<T>;
  for (int64_t i = 0; i < p.classes; ++i) {
    int64_t result = 0;
    if (x[i] - largest >= p.least) {
      result = fixed::DivideByPower(fixed::Times(scale, power(x[i])), std::clamp(shift, 0, 31));
    }
    y[i] = Saturate<T>(result + std::numeric_limits<T>::min());
  }
}

template <class T>
void TableRow(const Params& p, const T* x, T* y) {
  const T largest = *std::max_element(x, x + p.classes);
  auto power = [&](T element) {
    const int32_t at = 255 - largest + element;
    return p.powers[static_cast<size_t>(at)];
  };
  float sum = 0;
  for (int64_t i = 0; i < p.classes; ++i) sum += power(x[i]);
  const float share = 1 / (sum * p.y_scale);
  auto score = [&](float part) {
    const float exact = part * share;  // not negative: rounded without a call
    const auto whole = static_cast<int64_t>(exact);
    return Saturate<T>(whole + (exact - static_cast<float>(whole) >= 0.5F ? 1 : 0) + p.y_zero);
  };
  if (p.classes <= 256) {
    for (int64_t i = 0; i < p.classes; ++i) y[i] = score(power(x[i]));
    return;
  }
  std::array<T, 256> scores;  // fewer than there are classes
  for (size_t i = 0; i < scores.size(); ++i) scores[i] = score(p.powers[i]);
  for (int64_t i = 0; i < p.classes; ++i) {
    const int32_t at = 255 - largest + x[i];
    y[i] = scores[static_cast<size_t>(at)];
  }
}

// 512 steps of a function, and its end, held as int16.
using Steps = std::array<int16_t, 513>;

// Of f over [from, to], the result in [−1, 1]. A step's start is moved so that the line to the next
// one errs less in the middle.
template <class F>
Steps MakeSteps(double from, double to, const F& f) {
  constexpr int kSteps = 512;
  constexpr double kLow = -32768, kHigh = 32767;
  constexpr double kScale = 2.0 / 65535;
  const double step = (to - from) / kSteps;
  const double inverse = 65536 / (kScale * kHigh - kScale * kLow);
  Steps steps;
  for (int i = 0; i < kSteps; ++i) {
    const double start = std::round(f(from + i * step) * inverse);
    const double next = f(from + (i + 1) * step) * inverse;
    const double middle = std::round(f(from + i * step + step / 2) * inverse);
    const double error = std::round((next + start) / 2) - middle;
    steps[static_cast<size_t>(i)] =
        static_cast<int16_t>(std::clamp(start - std::round(error / 2), kLow, kHigh));
  }
  steps[kSteps] = static_cast<int16_t>(std::clamp(std::round(f(to) * inverse), kLow, kHigh));
  return steps;
}

int32_t At(const Steps& steps, int32_t x) {
  const int32_t step = 256 + (x >> 7);
  const auto i = static_cast<size_t>(step);
  const int32_t slope = steps[i + 1] - steps[i];
  return static_cast<int16_t>(steps[i] + ((slope * (x & 127) + 64) >> 7));
}

const Steps& Powers() {  // exp over [−10, 0]
  constexpr double kScale = 10.0 / 65535;
  static const Steps steps = MakeSteps(kScale * (-32768 - 32767), kScale * (32767 - 32767),
                                       [](double x) { return std::exp(x); });
  return steps;
}

const Steps& Reciprocals() {  // 1 / (1 + x) over [0, 1]
  constexpr double kScale = 1.0 / 65535;
  static const Steps steps = MakeSteps(kScale * (-32768 + 32768), kScale * (32767 + 32768),
                                       [](double x) { return 1 / (1 + x); });
  return steps;
}

void Int16Row(const Params& p, const int16_t* x, int16_t* y) {
  const Steps& powers = Powers();
  const int32_t largest = *std::max_element(x, x + p.classes);
  uint32_t sum = 0;  // 15 fractional bits
  for (int64_t i = 0; i < p.classes; ++i) {
    const int64_t scaled = MultiplyDouble(x[i] - largest, p.factor);
    y[i] = static_cast<int16_t>(At(powers, Saturate<int16_t>(scaled + 32767)));
    sum += static_cast<uint32_t>(int32_t{y[i]});
  }
  const int zeros = std::countl_zero(sum);
  const int64_t shifted = ((int64_t{static_cast<int32_t>(sum)} << (zeros - 1)) + (1 << 13)) >> 14;
  const int32_t scale = At(Reciprocals(), Saturate<int16_t>(shifted - (1 << 15) - (1 << 16)));
  const int shift = std::max(31 - zeros, 1);  // 14 or more, for the largest's power
  for (int64_t i = 0; i < p.classes; ++i) {
    const int64_t product = int64_t{y[i]} * scale + (int64_t{1} << (shift - 1));
    y[i] = static_cast<int16_t>(std::clamp<int64_t>(product >> shift, 0, 32767));
  }
}

template <class T>
void Run(const Params& p, const T* x, T* y, int64_t first, int64_t last) {
  for (int64_t row = first; row < last; ++row) {
    const T* in = x + row * p.classes;
    T* out = y + row * p.classes;
    if constexpr (sizeof(T) == 2) {
      Int16Row(p, in, out);
    } else if (p.formula == Formula::kFixedPoint) {
      FixedPointRow(p, in, out);
    } else {
      TableRow(p, in, out);
    }
  }
}

}  // namespace

void SetFixedPoint(Params& params, float x_scale, float beta) {
  params.formula = Formula::kFixedPoint;
  const double largest = 0x1p31 - 1;
  const double factor = static_cast<double>(beta) * static_cast<double>(x_scale);
  params.factor =
      QuantizeMultiplier(std::min(factor * std::ldexp(1.0, 31 - kDifferenceBits), largest));
  const double radius = ((1 << kDifferenceBits) - 1) * std::ldexp(1.0, 31 - kDifferenceBits);
  params.least = -static_cast<int32_t>(std::floor(std::ldexp(radius, -params.factor.shift)));
}

void SetTable(Params& params, float x_scale, float beta, float y_scale, int32_t y_zero) {
  params.formula = Formula::kTable;
  const float scale = -x_scale * beta;
  for (int i = 0; i < 256; ++i) {
    params.powers[static_cast<size_t>(255 - i)] = std::exp(scale * static_cast<float>(i));
  }
  params.y_scale = y_scale;
  params.y_zero = y_zero;
}

void SetInt16(Params& params, float x_scale, float beta) {
  params.formula = Formula::kInt16;
  params.factor = QuantizeMultiplier(static_cast<double>(x_scale * beta) / (10.0 / 65535));
  Powers();  // made now, not in the first run
  Reciprocals();
}

void Reference(const Params& params, const std::byte* x, std::byte* y, int64_t first,
               int64_t last) noexcept {
  WithIntegerType(params.dtype, [&](auto type) {
    using T = decltype(type);
    Run(params, reinterpret_cast<const T*>(x), reinterpret_cast<T*>(y), first, last);
  });
}

}  // namespace goldcrest::kernels::quantized_softmax
