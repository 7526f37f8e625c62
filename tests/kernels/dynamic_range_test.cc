// Every row of what quantizes activations as they come against the reference: nothing may differ,
// on random sizes and within canaries.
#include "kernels/dynamic_range/dynamic_range.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "kernels/rows.h"
#include "support/random.h"

namespace goldcrest::kernels::dynamic_range {
namespace {

using testing::Random;

// Of a scale of 2^-5: ties, what lies between them, and in some places what is no number.
std::vector<float> Activations(Random& random, int64_t count) {
  std::vector<float> x;
  const bool strange = random.Integer(0, 3) == 0;
  for (int64_t i = 0; i < count; ++i) {
    const auto whole = static_cast<float>(random.Integer(-300, 300));
    x.push_back((whole + (random.Integer(0, 1) == 0 ? 0.5F : random.Float())) / 32);
    if (strange && random.Integer(0, 9) == 0)
      x.back() = random.Integer(0, 1) == 0 ? NAN : kInfinity;
  }
  return x;
}

TEST(DynamicRange, EveryRowQuantizesAlike) {
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Params params = {.symmetric = random.Integer(0, 1) == 0};
    const int64_t count = random.Integer(1, 200);
    const std::vector<float> x = Activations(random, count);
    const Range range = RangeReference(x.data(), count);
    Steps steps = StepsOf(params, range);
    if (random.Integer(0, 1) == 0) {  // one that makes ties
      steps = {.scale = 1.0F / 32, .inverse = 32, .low = params.symmetric ? -127 : -128};
      if (!params.symmetric) steps.zero = static_cast<int32_t>(random.Integer(-128, 127));
    }
    std::vector<std::byte> bytes(static_cast<size_t>(count));
    std::vector<float> centred(static_cast<size_t>(count));
    QuantizeReference(steps, x.data(), count, bytes.data());
    CentreReference(steps, x.data(), count, centred.data());
    for (size_t i = 0; i < bytes.size(); ++i) {
      const auto q = static_cast<int>(static_cast<int8_t>(bytes[i]));
      ASSERT_GE(q, steps.low);
      ASSERT_EQ(centred[i], static_cast<float>(q - steps.zero));
    }
    ForEachRow(Rows(), params, [&](const Row& row) {
      const Range found = row.range(x.data(), count);
      EXPECT_EQ(found.least, range.least) << row.name;
      EXPECT_EQ(found.greatest, range.greatest) << row.name;
      std::vector<std::byte> q(bytes.size() + 2 * kCanaries, kGuardByte);
      row.quantize(steps, x.data(), count, q.data() + kCanaries);
      for (size_t i = 0; i < kCanaries; ++i) {
        ASSERT_EQ(q[i], kGuardByte) << row.name;
        ASSERT_EQ(q[q.size() - 1 - i], kGuardByte) << row.name;
      }
      EXPECT_TRUE(std::ranges::equal(bytes, std::span(q).subspan(kCanaries, bytes.size())))
          << row.name;
      std::vector<float> y = Guarded(count);
      row.centre(steps, x.data(), count, y.data() + kCanaries);
      ExpectCanaries(y, row.name);
      EXPECT_TRUE(std::ranges::equal(centred, std::span(y).subspan(kCanaries, centred.size())))
          << row.name;
      ran.insert(row.name);
    });
  }
  EXPECT_EQ(ran.size(), CountOnThisMachine(Rows()));
}

TEST(DynamicRange, EveryRowBringsSumsToReals) {
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const int64_t channels = random.Integer(1, 70), pixels = random.Integer(1, 5);
    std::vector<float> scales, biases, sums;
    for (int64_t c = 0; c < channels; ++c) {
      scales.push_back(0.001F * (random.Float() + 2));
      biases.push_back(random.Float());
    }
    for (int64_t i = 0; i < channels * pixels; ++i) {
      sums.push_back(static_cast<float>(random.Integer(-200000, 200000)));
    }
    Reals out;
    (random.Integer(0, 1) == 0 ? out.first : out.second) = 0.01F * (random.Float() + 2);
    if (random.Integer(0, 1) == 0) out.clamp = {0, 6};
    std::vector<float> expected = sums;
    const Channels each = {channels, scales.data(), biases.data()};
    ToRealsReference(out, each, pixels, expected.data());
    ForEachRow(Rows(), Params(), [&](const Row& row) {
      std::vector<float> y = Guarded(channels * pixels);
      std::ranges::copy(sums, y.begin() + kCanaries);
      row.to_reals(out, each, pixels, y.data() + kCanaries);
      ExpectCanaries(y, row.name);
      EXPECT_TRUE(std::ranges::equal(expected, std::span(y).subspan(kCanaries, expected.size())))
          << row.name;
      ran.insert(row.name);
    });
  }
  EXPECT_EQ(ran.size(), CountOnThisMachine(Rows()));
}

// Worked by hand after TensorFlow Lite's formulas.
TEST(DynamicRange, Steps) {
  const Steps asymmetric = StepsOf({}, {-1, 4.1F});
  EXPECT_FLOAT_EQ(asymmetric.scale, 0.02F);
  EXPECT_EQ(asymmetric.zero, -78);  // −128 + 1 / 0.02
  EXPECT_EQ(asymmetric.low, -128);
  EXPECT_EQ(StepsOf({}, {0, 6}).zero, -128);
  EXPECT_EQ(StepsOf({}, {-6, 0}).zero, 127);
  EXPECT_EQ(StepsOf({}, {0, 0}).scale, 1);
  EXPECT_EQ(StepsOf({}, {-kInfinity, kInfinity}).zero, 0);
  const Steps symmetric = StepsOf({.symmetric = true}, {-2.54F, 1});
  EXPECT_FLOAT_EQ(symmetric.scale, 0.02F);
  EXPECT_EQ(symmetric.zero, 0);
  EXPECT_EQ(symmetric.low, -127);
  EXPECT_EQ(StepsOf({.symmetric = true}, {0, 0}).scale, 1);
}

}  // namespace
}  // namespace goldcrest::kernels::dynamic_range
