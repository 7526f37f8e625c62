#include "image/float_rows.h"

#include <gtest/gtest.h>

#include <cmath>

#include "image/fixed_point.h"
#include "support/random.h"

namespace goldcrest::image {
namespace {

using tensor::ResizeMode;

constexpr float kCanary = -7;

std::vector<float> Floats(int64_t count, testing::Random& random) {
  std::vector<float> floats(static_cast<size_t>(count));
  for (float& x : floats) x = static_cast<float>(random.Integer(-2000, 300000)) / 1000.0F;
  return floats;
}

// The fast loops against the plain ones, over lengths around what they do at a time.
TEST(FloatRows, AlongEqualsThePlainLoop) {
  testing::Random random(6);
  for (ResizeMode mode : {ResizeMode::kTf2Bilinear, ResizeMode::kTf1Legacy}) {
    for (int round = 0; round < 200; ++round) {
      Taps taps;
      MakeTaps(mode, Section::Whole(random.Integer(1, 60)), random.Integer(1, 40), taps);
      std::vector<uint8_t> in(static_cast<size_t>(taps.inputs() * 3 + kRowPadding));
      for (uint8_t& x : in) x = static_cast<uint8_t>(random.Next());
      const auto size = static_cast<size_t>(taps.outputs() * 3);
      std::vector<float> expected(size + 1, kCanary);
      std::vector<float> out(size + 1, kCanary);
      plain::LerpAlong(taps, in.data(), expected.data());
      LerpAlong(taps, in.data(), out.data());
      ASSERT_EQ(out, expected) << NameOf(mode) << " " << taps.inputs() << " to " << taps.outputs();
    }
  }
}

TEST(FloatRows, AcrossAndBytesEqualThePlainLoops) {
  testing::Random random(7);
  for (int64_t count = 0; count < 70; ++count) {
    const std::vector<float> low = Floats(count, random);
    const std::vector<float> high = Floats(count, random);
    const float weight = static_cast<float>(random.Integer(0, 1000)) / 1000.0F;
    std::vector<float> expected(low.size() + 1, kCanary);
    std::vector<float> out = expected;
    plain::LerpRows(low.data(), high.data(), weight, count, expected.data());
    LerpRows(low.data(), high.data(), weight, count, out.data());
    ASSERT_EQ(out, expected) << count;
    std::vector<uint8_t> expected_bytes(low.size() + 1, 77);
    std::vector<uint8_t> bytes = expected_bytes;
    plain::RoundToBytes(low.data(), count, expected_bytes.data());
    RoundToBytes(low.data(), count, bytes.data());
    ASSERT_EQ(bytes, expected_bytes) << count;
  }
}

TEST(FloatRows, BytesAreRoundedHalfToEven) {
  std::vector<float> halves;
  for (int i = -4; i < 520; ++i) halves.push_back(static_cast<float>(i) / 2);
  std::vector<uint8_t> bytes(halves.size());
  RoundToBytes(halves.data(), std::ssize(halves), bytes.data());
  for (size_t i = 0; i < halves.size(); ++i) {
    EXPECT_EQ(bytes[i], std::rint(std::clamp(halves[i], 0.0F, 255.0F))) << halves[i];
  }
}

}  // namespace
}  // namespace goldcrest::image
