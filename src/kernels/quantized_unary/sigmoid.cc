// Logistic and tanh.
#include <array>
#include <cmath>

#include "kernels/fixed_point_functions.h"
#include "kernels/quantized_unary/formulas.h"

namespace goldcrest::kernels::quantized_unary {
namespace {

float RealOf(const Params& params, int32_t x) { return params.x.scale * static_cast<float>(x); }

// LiteRT rounds the scaled value with halves away from zero; XNNPACK adds the zero point first, and
// rounds halves to even.
int64_t Rounded(const Params& params, float real) {
  return static_cast<int64_t>(std::round(real * (1 / params.y.scale)));
}
int64_t RoundedXnnpack(const Params& params, float real) {
  const float inverse = 1 / params.y.scale;
  return std::llrint(real * inverse + static_cast<float>(params.y.zero)) - params.y.zero;
}

// The logistic of i / 24, with 16 fractional bits, moved by half of what the line to the next point
// errs in the middle; the last is the largest number.
const std::array<int32_t, 256>& Points() {
  static const auto points = [] {
    auto logistic = [](double i) { return 65536 / (1 + std::exp(-i / 24)); };
    std::array<int32_t, 256> all;
    for (int i = 0; i < 255; ++i) {
      const double error = (logistic(i) + logistic(i + 1)) / 2 - logistic(i + 0.5);
      all[static_cast<size_t>(i)] = static_cast<int32_t>(std::round(logistic(i) - error / 2));
    }
    all[255] = 65535;
    return all;
  }();
  return points;
}

// The logistic of size / (24 · 2^bits), on the line between two points, with 16 + bits fractional
// bits; nothing beyond the last point.
int64_t OnLine(int64_t size, int bits, int64_t beyond) {
  const int64_t at = size >> bits;
  if (at >= 255) return beyond;
  const auto& points = Points();
  const int64_t a = points[static_cast<size_t>(at)];
  const int64_t b = points[static_cast<size_t>(at) + 1];
  return (a << bits) + (size & ((int64_t{1} << bits) - 1)) * (b - a);
}

// x on the scale 1/12288.
int64_t Scaled12288(const Params& params, int32_t x) {
  const int64_t half = params.shift > 0 ? int64_t{1} << (params.shift - 1) : 0;
  return (x * params.multiplier + half) >> params.shift;
}

// Multiplier and shift that bring x to the scale 1/12288; whether x's scale is 2^-12 or, for tanh,
// 2^-11, where the multiplier is exact.
void SetLines(Params& params, bool power) {
  if (power) {
    params.multiplier = params.x.scale == 0x1p-12F ? 3 : 6;
    params.shift = 0;
    return;
  }
  double factor = static_cast<double>(params.x.scale) * 4096.0 * 3.0;
  params.shift = 0;
  while (factor <= 32767.0 / 2.0 && params.shift <= 30) {
    ++params.shift;
    factor *= 2;
  }
  params.multiplier = static_cast<int64_t>(factor);
}

}  // namespace

void SetLogistic(Params& params, bool exact_powers) {
  params.formula = Formula::kLogistic;
  if (params.x.dtype != tensor::DType::kInt16) return;
  const bool power = params.x.scale == 0x1p-12F;
  params.formula = power && exact_powers ? Formula::kLogisticFixedPoint : Formula::kLogisticLines;
  SetLines(params, power);
  Points();  // made now, not in the first run
}

void SetTanh(Params& params, bool exact_powers) {
  params.formula = Formula::kTanh;
  if (params.x.dtype != tensor::DType::kInt16) return;
  const bool power = params.x.scale == 0x1p-12F || params.x.scale == 0x1p-11F;
  params.formula = power && exact_powers ? Formula::kTanhFixedPoint : Formula::kTanhLines;
  SetLines(params, power);
  if (params.formula == Formula::kTanhFixedPoint) params.shift = params.multiplier == 6 ? 1 : 0;
  Points();
}

int64_t Logistic(const Params& params, int32_t x) {
  return Rounded(params, 1 / (1 + std::exp(-RealOf(params, x))));
}

int64_t LogisticXnnpack(const Params& params, int32_t x) {
  const float real = RealOf(params, x);
  if (real > 100) return RoundedXnnpack(params, 1);
  if (real < -100) return RoundedXnnpack(params, 0);
  const double power = std::exp(static_cast<double>(real));
  return RoundedXnnpack(params, static_cast<float>(power / (1 + power)));
}

int64_t LogisticLines(const Params& params, int32_t x) {
  const int64_t scaled = Scaled12288(params, x);
  const int64_t result = OnLine(std::abs(scaled), 9, 0x7FFF << 10);
  return (scaled >= 0 ? result + (1 << 9) : (1 << 25) - result + (1 << 9) - 1) >> 10;
}

int64_t LogisticFixedPoint(const Params&, int32_t x) {
  return fixed::Logistic(static_cast<int16_t>(x), 3);
}

int64_t Tanh(const Params& params, int32_t x) {
  return Rounded(params, std::tanh(RealOf(params, x)));
}

int64_t TanhXnnpack(const Params& params, int32_t x) {
  return RoundedXnnpack(params, std::tanh(RealOf(params, x)));
}

int64_t TanhLines(const Params& params, int32_t x) {
  const int64_t scaled = Scaled12288(params, x);
  const int64_t result = OnLine(std::abs(scaled), 8, 0xFFFF << 8);
  return (scaled >= 0 ? result - (1 << 23) + (1 << 7) : -result + (1 << 23) + (1 << 7) - 1) >> 8;
}

int64_t TanhFixedPoint(const Params& params, int32_t x) {
  const auto raw = static_cast<int16_t>(x);
  return fixed::Tanh(params.shift == 0 ? raw : fixed::TimesPower(raw, 1), 3);
}

}  // namespace goldcrest::kernels::quantized_unary
