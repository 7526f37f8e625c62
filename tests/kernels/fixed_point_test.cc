#include "kernels/fixed_point.h"

#include <gtest/gtest.h>

#include <random>

namespace goldcrest::kernels {
namespace {

TEST(FixedPoint, FactorsAreHeldToThirtyOneBits) {
  EXPECT_EQ(QuantizeMultiplier(0), (FixedPoint{0, 0}));
  EXPECT_EQ(QuantizeMultiplier(1), (FixedPoint{1 << 30, 1}));
  EXPECT_EQ(QuantizeMultiplier(0.75), (FixedPoint{3 << 29, 0}));
  EXPECT_EQ(QuantizeMultiplier(1 - 0x1p-40), (FixedPoint{1 << 30, 1}));
  EXPECT_EQ(QuantizeMultiplier(0x1p-32), (FixedPoint{1 << 30, -31}));
  EXPECT_EQ(QuantizeMultiplier(0x1.8p-33), (FixedPoint{}));
}

TEST(FixedPoint, HalvesGoWhereTheRuleSays) {
  const FixedPoint quarter = QuantizeMultiplier(0.25);
  const FixedPoint half = QuantizeMultiplier(0.5);
  EXPECT_EQ(MultiplyDouble(6, quarter), 2);
  EXPECT_EQ(MultiplyDouble(-6, quarter), -2);
  EXPECT_EQ(MultiplyDoubleUp(6, quarter), 2);
  EXPECT_EQ(MultiplyDoubleUp(-6, quarter), -1);
  EXPECT_EQ(MultiplySingle(-6, quarter), -1);
  EXPECT_EQ(MultiplySingle(3, half), 2);
  EXPECT_EQ(MultiplySingle(-3, half), -1);
  EXPECT_EQ(MultiplyWide(3, half), 2);
  EXPECT_EQ(MultiplyWide(-3, half), -1);
  EXPECT_EQ(MultiplyWideSingle(3, half), 2);
  EXPECT_EQ(MultiplyWideSingle(-3, half), -1);
  EXPECT_EQ(MultiplyHigh(INT32_MIN, INT32_MIN), INT32_MAX);
}

// The first rounding of 5/8 · 2^-1 · 3 makes a half of what is less than one: 0.9375 → 1 → 0.5.
TEST(FixedPoint, TwoRoundingsAreNotOne) {
  const FixedPoint factor = QuantizeMultiplier(0.3125);  // 5/8 · 2^-1
  EXPECT_EQ(MultiplyDouble(1, factor), 1);
  EXPECT_EQ(MultiplySingle(1, factor), 0);
}

TEST(FixedPoint, WideProductsAreExact) {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> factors(1e-9, 4);
  std::uniform_int_distribution<int32_t> numbers(INT32_MIN, INT32_MAX);
  for (int i = 0; i < 100'000; ++i) {
    const FixedPoint factor = QuantizeMultiplier(factors(random));
    const int32_t x = numbers(random);
    const int64_t narrow = (int64_t{x} * factor.multiplier + (int64_t{1} << (30 - factor.shift))) >>
                           (31 - factor.shift);
    EXPECT_EQ(MultiplyWideSingle(x, factor), narrow);
    // 55 bits, and a factor that takes them back.
    const FixedPoint small{factor.multiplier, -7};
    const FixedPoint smaller{factor.multiplier, -31};
    EXPECT_EQ(MultiplyWideSingle(int64_t{x} << 24, smaller), MultiplyWideSingle(x, small));
  }
  EXPECT_EQ(MultiplyWideSingle(int64_t{1} << 47, QuantizeMultiplier(2)), 2 * int64_t{INT32_MAX});
}

TEST(FixedPoint, IsWithinAStepOfTheProduct) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> factors(1e-5, 4);
  std::uniform_int_distribution<int32_t> numbers(-(1 << 28), 1 << 28);
  for (int i = 0; i < 100'000; ++i) {
    const double real = factors(random);
    const FixedPoint factor = QuantizeMultiplier(real);
    const int32_t x = numbers(random);
    EXPECT_NEAR(MultiplyDouble(x, factor), x * real, 1.01);
    EXPECT_NEAR(MultiplyDoubleUp(x, factor), x * real, 1.01);
    EXPECT_NEAR(MultiplySingle(x, factor), x * real, 0.76);
  }
}

}  // namespace
}  // namespace goldcrest::kernels
