#include "tensor/half.h"

#include <gtest/gtest.h>

#include <bit>

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

}  // namespace
}  // namespace goldcrest::tensor
