// How the exact sum of a layer's products becomes an integer of the result's scale:
//   round(sum · m) + zero_point, clamped;   m = s_input · s_weights / s_result.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include "kernels/fixed_point.h"
#include "kernels/row.h"

namespace goldcrest::kernels {

enum class Rounding : uint8_t {
  kFloat,       // one multiplication in float32, ties to even
  kDouble,      // MultiplyDouble
  kDoubleUp,    // MultiplyDoubleUp
  kSingle,      // MultiplySingle
  kWide,        // MultiplyWide: to int16
  kWideSingle,  // MultiplyWideSingle: to int16, of sums in 64 bits
  kToReals,     // ToReal: to float32, of activations that are quantized as they come
};

// m of one output channel; `real` is used by kFloat and kToReals, `fixed` by the others.
struct Multiplier {
  float real = 0;
  FixedPoint fixed;
  float bias = 0;  // of kToReals
};

inline bool HasSmallFactors(std::span<const Multiplier> multipliers) {
  for (const Multiplier& m : multipliers) {
    if (!(m.real < 1)) return false;
  }
  return true;
}

// Where the result is float32: m is the scale of the weights, and this has that of the activations,
// as a factor of m or of what m makes of the sum; the other is 1.
struct Reals {
  float first = 1, second = 1;
  int32_t zero = 0;  // of the activations
  Clamp clamp = {-__builtin_inff(), __builtin_inff()};
};

// Of the result. `low` and `high` are in the range of its type.
struct Requantization {
  Rounding rounding = Rounding::kFloat;
  int32_t zero_point = 0;
  int32_t low = 0, high = 0;
  bool small_factors = false;  // every m is known to be below 1: sum · m fits in 32 bits
  Reals reals = {};            // of kToReals, which has none of the above
};

// clamp(sum · (m · first) · second + bias), each step rounded.
inline float ToReal(const Reals& out, const Multiplier& m, int32_t sum) {
  return out.clamp(static_cast<float>(sum) * (m.real * out.first) * out.second + m.bias);
}

inline int32_t Requantize(const Requantization& out, Multiplier m, int64_t sum) {
  int64_t y = 0;
  switch (out.rounding) {
    case Rounding::kFloat: {
      // Clamped before it is rounded, so that it fits, whatever it is: the bounds are whole.
      const auto low = static_cast<float>(out.low - out.zero_point);
      const auto high = static_cast<float>(out.high - out.zero_point);
      const float x = static_cast<float>(sum) * m.real;
      y = static_cast<int64_t>(std::nearbyint(x > low ? x < high ? x : high : low));
      break;
    }
    case Rounding::kDouble:
      y = MultiplyDouble(static_cast<int32_t>(sum), m.fixed);
      break;
    case Rounding::kDoubleUp:
      y = MultiplyDoubleUp(static_cast<int32_t>(sum), m.fixed);
      break;
    case Rounding::kSingle:
      y = MultiplySingle(static_cast<int32_t>(sum), m.fixed);
      break;
    case Rounding::kWide:
      y = MultiplyWide(sum, m.fixed);
      break;
    case Rounding::kWideSingle:
      y = MultiplyWideSingle(sum, m.fixed);
      break;
    case Rounding::kToReals:  // makes no integer
      break;
  }
  y += out.zero_point;
  return static_cast<int32_t>(y < out.low ? out.low : y > out.high ? out.high : y);
}

}  // namespace goldcrest::kernels
