#include "image/fixed_point.h"

#include <gtest/gtest.h>

#include "support/random.h"

namespace goldcrest::image {
namespace {

using tensor::ResizeMode;

std::vector<uint8_t> Bytes(int64_t count, testing::Random& random) {
  std::vector<uint8_t> bytes(static_cast<size_t>(count));
  for (uint8_t& byte : bytes) byte = random.Integer(0, 2) == 0 ? 255 : 0;  // the worst for overflow
  return bytes;
}

// The fast loops against the plain ones, over lengths around what they do at a time.
TEST(FixedPoint, AlongEqualsThePlainLoop) {
  testing::Random random(4);
  constexpr uint8_t kCanary = 0xa5;
  for (ResizeMode mode :
       {ResizeMode::kPilBilinear, ResizeMode::kPilBicubic, ResizeMode::kPilLanczos}) {
    for (int round = 0; round < 200; ++round) {
      Taps taps;
      const int64_t inputs = random.Integer(1, round < 10 ? 5000 : 60);
      MakeTaps(mode, Section::Whole(inputs), random.Integer(1, 40), taps);
      const auto in = Bytes(taps.inputs() * 3 + kRowPadding, random);
      const auto size = static_cast<size_t>(taps.outputs() * 3);
      std::vector<uint8_t> expected(size);
      std::vector<uint8_t> out(size + 1, kCanary);
      plain::FixedPointAlong(taps, in.data(), expected.data());
      expected.push_back(kCanary);
      FixedPointAlong(taps, in.data(), out.data());
      ASSERT_EQ(out, expected) << NameOf(mode) << " " << taps.inputs() << " to " << taps.outputs();
    }
  }
}

TEST(FixedPoint, AcrossEqualsThePlainLoop) {
  testing::Random random(5);
  constexpr int32_t kLargest = 3 << (kFixedPointBits - 1);  // 1.5
  for (int64_t count = 0; count < 40; ++count) {
    const auto a = Bytes(count, random);
    const auto b = Bytes(count, random);
    const auto weight_a = static_cast<int32_t>(random.Integer(-kLargest, kLargest));
    const auto weight_b = static_cast<int32_t>(random.Integer(-kLargest, kLargest));
    std::vector<int32_t> sums(static_cast<size_t>(count) + 1, 12345);
    std::vector<int32_t> expected = sums;
    AddWeighted(a.data(), b.data(), weight_a, weight_b, count, sums.data());
    plain::AddWeighted(a.data(), b.data(), weight_a, weight_b, count, expected.data());
    ASSERT_EQ(sums, expected) << count;
  }
}

}  // namespace
}  // namespace goldcrest::image
