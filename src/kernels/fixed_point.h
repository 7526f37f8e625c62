// Multiplication of integers by a real factor held as an integer and a power of two, with the
// roundings of TensorFlow Lite's kernel sets. An accumulator becomes an output by one of these.
//
// For reference kernels and for what is done once a plan; files of an instruction set have vector
// forms of their own.
#pragma once

#include <cmath>
#include <cstdint>

namespace goldcrest::kernels {

// The factor multiplier · 2^(shift − 31); the multiplier is in [2^30, 2^31), or zero.
struct FixedPoint {
  int32_t multiplier = 0;
  int shift = 0;

  constexpr int left() const { return shift > 0 ? shift : 0; }
  constexpr int right() const { return shift < 0 ? -shift : 0; }
  bool operator==(const FixedPoint&) const = default;
};

// The nearest to `factor`, which is finite and not negative; one under 2^-32 becomes zero.
inline FixedPoint QuantizeMultiplier(double factor) {
  if (factor == 0) return {};
  int shift = 0;
  auto multiplier = static_cast<int64_t>(std::round(std::frexp(factor, &shift) * 0x1p31));
  if (multiplier == int64_t{1} << 31) {
    multiplier /= 2;
    ++shift;
  }
  if (shift < -31) return {};
  return {static_cast<int32_t>(multiplier), shift};
}

// x · 2^count as 32 bits hold it.
constexpr int32_t ShiftLeft(int32_t x, int count) {
  return static_cast<int32_t>(static_cast<uint32_t>(x) << count);
}

// a · b / 2^31 to nearest, half up; the product of the two lowest numbers saturates.
constexpr int32_t MultiplyHigh(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  return static_cast<int32_t>((int64_t{a} * b + (int64_t{1} << 30)) >> 31);
}

// x / 2^count to nearest, half away from zero; count in [0, 31].
constexpr int32_t DivideByPowerOfTwo(int32_t x, int count) {
  const int64_t mask = (int64_t{1} << count) - 1;
  const int64_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> count) + ((x & mask) > threshold ? 1 : 0);
}

// x / 2^count to nearest, half up; count in [0, 31].
constexpr int32_t DivideByPowerOfTwoUp(int32_t x, int count) {
  const int64_t half = (int64_t{1} << count) >> 1;
  return static_cast<int32_t>((int64_t{x} + half) >> count);
}

// x · factor, rounded twice: to 31 bits, and after the shift; the last half goes away from zero.
constexpr int32_t MultiplyDouble(int32_t x, FixedPoint factor) {
  return DivideByPowerOfTwo(MultiplyHigh(ShiftLeft(x, factor.left()), factor.multiplier),
                            factor.right());
}

// The same, the last half going up.
constexpr int32_t MultiplyDoubleUp(int32_t x, FixedPoint factor) {
  return DivideByPowerOfTwoUp(MultiplyHigh(ShiftLeft(x, factor.left()), factor.multiplier),
                              factor.right());
}

// x · factor, rounded once, half up; the shift is at most 30.
constexpr int32_t MultiplySingle(int32_t x, FixedPoint factor) {
  const int shift = 31 - factor.shift;
  return static_cast<int32_t>((int64_t{x} * factor.multiplier + (int64_t{1} << (shift - 1))) >>
                              shift);
}

// The factor with the upper 16 bits of its multiplier only, which become the lower ones.
constexpr FixedPoint Reduced(FixedPoint factor) {
  return {factor.multiplier < 0x7FFF0000 ? (factor.multiplier + (1 << 15)) >> 16 : 0x7FFF,
          factor.shift + 16};
}

// x · Reduced(factor) for x of up to 48 bits, rounded once, half up; the shift is at most 14.
constexpr int32_t MultiplyWide(int64_t x, FixedPoint factor) {
  const FixedPoint reduced = Reduced(factor);
  const int shift = 31 - reduced.shift;
  return static_cast<int32_t>((x * reduced.multiplier + (int64_t{1} << (shift - 1))) >> shift);
}

// The same with all bits of the factor; its shift is at most 30. What 32 bits do not hold
// saturates.
constexpr int64_t MultiplyWideSingle(int64_t x, FixedPoint factor) {
  const int shift = 31 - factor.shift;
  if (factor.shift > 0) {  // no smaller for the product
    const int64_t y = x > INT32_MAX ? INT32_MAX : x < INT32_MIN ? INT32_MIN : x;
    return (y * factor.multiplier + (int64_t{1} << (shift - 1))) >> shift;
  }
  // x = upper · 2^31 + lower, as the product may need 80 bits.
  const int64_t upper = x >> 31;
  const int64_t lower = x & INT32_MAX;
  const int64_t carry = (lower * factor.multiplier + (int64_t{1} << (shift - 1))) >> 31;
  return (upper * factor.multiplier + carry) >> (shift - 31);
}

}  // namespace goldcrest::kernels
