#include "tensor/half.h"

#include <gtest/gtest.h>

#include <bit>

#include "support/random.h"

namespace goldcrest::tensor {
namespace {

#if defined(__aarch64__)
__extension__ using CompilersHalf = __fp16;
#else
__extension__ using CompilersHalf = _Float16;
#endif

TEST(Half, EveryNumberIsWhatTheCompilerMakesOfIt) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    auto half = static_cast<uint16_t>(bits);
    float expected = std::bit_cast<CompilersHalf>(half);
    float got = HalfToFloat(half);
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(got)) << bits;
    } else {
      EXPECT_EQ(std::bit_cast<uint32_t>(got), std::bit_cast<uint32_t>(expected)) << bits;
    }
  }
}

TEST(Half, FloatsAreRoundedAsTheCompilerRoundsThem) {
  testing::Random random(1);
  for (int i = 0; i < 200000; ++i) {
    // All signs, fractions, and exponents around and beyond half's.
    auto bits = static_cast<uint32_t>(random.Next());
    bits = (bits & 0x807fffff) | static_cast<uint32_t>(random.Integer(96, 150)) << 23;
    if (i % 3 == 0) bits &= 0xfffff000;  // ties
    auto x = std::bit_cast<float>(bits);
    EXPECT_EQ(FloatToHalf(x), std::bit_cast<uint16_t>(static_cast<CompilersHalf>(x))) << x;
  }
  for (float x : {0.0F, -0.0F, 65519.996F, 65520.0F, -INFINITY, 1e-45F}) {
    EXPECT_EQ(FloatToHalf(x), std::bit_cast<uint16_t>(static_cast<CompilersHalf>(x))) << x;
  }
  EXPECT_TRUE(std::isnan(HalfToFloat(FloatToHalf(NAN))));
}

}  // namespace
}  // namespace goldcrest::tensor
