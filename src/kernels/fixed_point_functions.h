// Functions on fixed-point numbers of 16 or 32 bits, after gemmlowp's fixedpoint.h, bit for bit:
// what TensorFlow Lite's reference kernels compute softmax, sigmoid and tanh with. A raw Int with n
// integer bits stands for raw / 2^(bits − 1 − n); the product of numbers with n and m integer bits
// has n + m.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace goldcrest::kernels::fixed {

template <class Int>
inline constexpr int kBits = 8 * sizeof(Int);

// The product, rounded to nearest, half up.
template <class Int>
constexpr Int Times(Int a, Int b) {
  if (a == b && a == std::numeric_limits<Int>::min()) return std::numeric_limits<Int>::max();
  const int64_t half = int64_t{1} << (kBits<Int> - 2);
  return static_cast<Int>((int64_t{a} * b + half) >> (kBits<Int> - 1));
}

// x / 2^count to nearest, half away from zero.
template <class Int>
constexpr Int DivideByPower(Int x, int count) {
  const int64_t mask = (int64_t{1} << count) - 1;
  const int64_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return static_cast<Int>((int64_t{x} >> count) + ((x & mask) > threshold ? 1 : 0));
}

// x · 2^count, saturating.
template <class Int>
constexpr Int TimesPower(Int x, int count) {
  const int64_t most = (int64_t{1} << (kBits<Int> - 1 - count)) - 1;
  if (x > most) return std::numeric_limits<Int>::max();
  if (x < -most) return std::numeric_limits<Int>::min();
  return static_cast<Int>(int64_t{x} << count);
}

// Sums wrap, as the numbers' bits do.
template <class Int>
constexpr Int Plus(Int a, Int b) {
  return static_cast<Int>(static_cast<uint32_t>(int32_t{a}) + static_cast<uint32_t>(int32_t{b}));
}
template <class Int>
constexpr Int Minus(Int a, Int b) {
  return static_cast<Int>(static_cast<uint32_t>(int32_t{a}) - static_cast<uint32_t>(int32_t{b}));
}

// A constant, given by its 32 bits.
template <class Int>
constexpr Int Constant(int32_t raw) {
  return static_cast<Int>(DivideByPower<int32_t>(raw, 32 - kBits<Int>));
}

// 1 with n integer bits; with none, the largest number.
template <class Int>
constexpr Int One(int n) {
  return n == 0 ? std::numeric_limits<Int>::max()
                : static_cast<Int>(int64_t{1} << (kBits<Int> - 1 - n));
}

// exp(a) for a in [−1/4, 0), no integer bits: a Taylor series around −1/8.
template <class Int>
constexpr Int ExpOfQuarter(Int a) {
  const Int at = Constant<Int>(1895147668);  // exp(−1/8)
  const Int third = Constant<Int>(715827883);
  const Int x = Plus(a, static_cast<Int>(int64_t{1} << (kBits<Int> - 4)));
  const Int x2 = Times(x, x);
  const Int x3 = Times(x2, x);
  const Int x4 = Times(x2, x2);
  const Int higher =
      DivideByPower<Int>(Plus(Times(Plus(DivideByPower<Int>(x4, 2), x3), third), x2), 1);
  const int64_t sum = int64_t{at} + Times(at, Plus(x, higher));
  if constexpr (sizeof(Int) > 2) return Plus(at, Times(at, Plus(x, higher)));
  if (sum > std::numeric_limits<Int>::max()) return std::numeric_limits<Int>::max();
  return static_cast<Int>(sum);
}

// exp(a) for a ≤ 0 of n integer bits, up to 5; the result has none.
template <class Int>
constexpr Int ExpOfNegative(Int a, int n) {
  constexpr int32_t kPowers[] = {1672461947, 1302514674, 790015084, 290630308,
                                 39332535,   720401,     242};  // exp(−2^e) for e from −2
  if (a == 0) return std::numeric_limits<Int>::max();
  const int fraction = kBits<Int> - 1 - n;
  const Int quarter = static_cast<Int>(int64_t{1} << (fraction - 2));
  const Int part = static_cast<Int>((a & (quarter - 1)) - quarter);  // of a, in [−1/4, 0)
  Int result = ExpOfQuarter(TimesPower(part, n));
  const Int rest = Minus(part, a);
  for (int e = -2; e < n; ++e) {
    if ((rest & (int64_t{1} << (fraction + e))) == 0) continue;
    result = Times(result, Constant<Int>(kPowers[e + 2]));
  }
  return result;
}

// Newton's steps towards 2 / (1 + a) for a in [0, 1), no integer bits; the result has two.
template <class Int>
constexpr Int TwiceReciprocal(Int a) {
  const int64_t sum = int64_t{a} + One<Int>(0);
  const Int half = static_cast<Int>((sum + (sum >= 0 ? 1 : -1)) / 2);
  Int x = Plus(Constant<Int>(1515870810), Times(half, Constant<Int>(-1010580540)));
  for (int step = 0; step < 3; ++step) {
    const Int error = Minus(One<Int>(2), Times(half, x));
    x = Plus(x, TimesPower(Times(x, error), 2));
  }
  return x;
}

// 1 / (1 + a), no integer bits.
template <class Int>
constexpr Int Reciprocal(Int a) {
  return TimesPower(TwiceReciprocal(a), 1);
}

// (1 − a) / (1 + a), no integer bits.
template <class Int>
constexpr Int Quotient(Int a) {
  return TimesPower(Minus(TwiceReciprocal(a), One<Int>(2)), 2);
}

// 1 / (1 + exp(−a)) for a of n integer bits; the result has none.
template <class Int>
constexpr Int Logistic(Int a, int n) {
  if (a == 0) return static_cast<Int>(int64_t{1} << (kBits<Int> - 2));
  const Int negative = a > 0 ? Minus(Int{0}, a) : a;
  const Int positive = Reciprocal(ExpOfNegative(negative, n));
  return a > 0 ? positive : Minus(One<Int>(0), positive);
}

// tanh(a) for a of n integer bits; the result has none.
template <class Int>
constexpr Int Tanh(Int a, int n) {
  if (a == 0) return 0;
  const Int negative = a > 0 ? Minus(Int{0}, a) : a;
  const Int size = Quotient(ExpOfNegative(negative, n + 1));  // of 2a, whose bits a has
  return a > 0 ? size : Minus(Int{0}, size);
}

}  // namespace goldcrest::kernels::fixed
