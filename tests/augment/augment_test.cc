#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "augment/augmenter.h"
#include "augment/color.h"
#include "augment/geometry.h"
#include "support/random.h"

namespace goldcrest::augment {
namespace {

using image::Picture;

Picture NoisePicture(int64_t width, int64_t height, uint64_t seed) {
  testing::Random random(seed);
  Picture picture{width, height, std::vector<uint8_t>(static_cast<size_t>(width * height * 3))};
  for (uint8_t& x : picture.rgb) x = static_cast<uint8_t>(random.Integer(0, 255));
  return picture;
}

Policy Parsed(std::string_view text) {
  Result<Policy> policy = ParsePolicy(text);
  EXPECT_TRUE(policy) << policy.error().ToString();
  return policy.value_or(Policy());
}

std::vector<uint8_t> Augmented(std::string_view policy, const Occasion& occasion, Picture picture) {
  Augmenter(Parsed(policy), picture.width, picture.height).Apply(occasion, picture);
  return picture.rgb;
}

TEST(AugmentPolicy, IsReadAsItIsWritten) {
  EXPECT_EQ(Parsed("flip,crop:0.25,rotate:10,jitter:0.5,mixup:0.4,cutout:8"),
            (Policy{true, 0.25, 10, 0.5, 0.4, 8}));
  EXPECT_EQ(Parsed("cutout,rotate"), (Policy{.rotate = 15, .cutout = 16}));
  EXPECT_EQ(Parsed("default"), Parsed("flip,crop,jitter"));
  EXPECT_EQ(Parsed("default,mixup:0.1").mixup, 0.1);
  EXPECT_EQ(Parsed("none"), Policy());
  EXPECT_EQ(Parsed(""), Policy());
  EXPECT_EQ(ToString(Policy()), "none");
  for (std::string text : {"flip,crop:0.25,rotate:10", "mixup:0.4,cutout:8", "jitter:0.125"}) {
    EXPECT_EQ(ToString(Parsed(text)), text);
  }
}

TEST(AugmentPolicy, ErrorsNameTheTermAndWhatItTakes) {
  auto message = [](std::string_view text) {
    Result<Policy> policy = ParsePolicy(text);
    EXPECT_FALSE(policy) << text;
    if (policy) return std::string();
    EXPECT_EQ(policy.error().code, ErrorCode::kUsage);
    return policy.error().ToString();
  };
  EXPECT_EQ(message("flp"),
            "'flp' is no augmentation; did you mean flip?; there are flip, crop, rotate, jitter, "
            "mixup, cutout, and default, which is flip,crop,jitter");
  EXPECT_EQ(message("flip,rotate:400"),
            "rotate takes the most degrees to either side, from 0 to 180, such as rotate:15; it "
            "has '400'");
  for (std::string text : {"crop:0", "crop:1.5", "jitter:x", "mixup:", "cutout:1.5", "crop:nan",
                           "rotate:-1", "flip,", ",flip", "flip:1", "flip,flip", "default,crop"}) {
    message(text);
  }
}

TEST(Augment, DependsOnSeedEpochAndIndexOnly) {
  const std::string policy = "flip,crop:0.3,rotate:20,jitter:0.4,cutout:5";
  const Picture picture = NoisePicture(24, 20, 1);
  Augmenter used(Parsed(policy), 24, 20);  // which has had others before
  std::set<std::vector<uint8_t>> seen;
  for (uint64_t seed : {1, 2}) {
    for (int64_t epoch : {1, 2}) {
      for (int64_t index = 4; index >= 0; --index) {
        Picture changed = picture;
        used.Apply({seed, epoch, index}, changed);
        EXPECT_EQ(changed.rgb, Augmented(policy, {seed, epoch, index}, picture));
        seen.insert(changed.rgb);
      }
    }
  }
  EXPECT_EQ(seen.size(), 20U);
}

TEST(Augment, NothingIsDoneWhereStrengthIsZero) {
  const Picture picture = NoisePicture(16, 12, 2);
  for (std::string policy : {"none", "crop:1", "rotate:0", "jitter:0", "cutout:0"}) {
    for (int64_t i = 0; i < 20; ++i) EXPECT_EQ(Augmented(policy, {0, 1, i}, picture), picture.rgb);
  }
  auto unchanged = [&](auto change) {
    Picture changed = picture;
    change(changed);
    EXPECT_EQ(changed.rgb, picture.rgb);
  };
  unchanged([](Picture& p) { ChangeBrightness(1, p); });
  unchanged([](Picture& p) { ChangeContrast(1, p); });
  unchanged([](Picture& p) { ChangeSaturation(1, p); });
  unchanged([](Picture& p) { ChangeHue(0, p); });
  unchanged([](Picture& p) { ChangeHue(1, p); });
  unchanged([&](Picture& p) { Rotate(picture, 0, p); });
  unchanged([&](Picture& p) { CutOut(3, 3, 0, p); });
}

TEST(Augment, TwoFlipsAreNone) {
  for (int64_t width : {1, 2, 7, 8}) {
    const Picture picture = NoisePicture(width, 3, 3);
    Picture flipped = picture;
    Flip(flipped);
    for (int64_t y = 0; y < 3; ++y) {
      for (int64_t x = 0; x < width; ++x) {
        EXPECT_EQ(flipped.rgb[static_cast<size_t>((y * width + x) * 3 + 1)],
                  picture.rgb[static_cast<size_t>((y * width + width - 1 - x) * 3 + 1)]);
      }
    }
    Flip(flipped);
    EXPECT_EQ(flipped.rgb, picture.rgb);
  }
}

// A quarter is no interpolation, whatever the way round.
TEST(Augment, FourQuarterTurnsAreNone) {
  const Picture picture = NoisePicture(9, 9, 4);
  Picture turned = picture;
  for (int i = 0; i < 4; ++i) {
    const Picture from = turned;
    Rotate(from, 90, turned);
    if (i > 0) continue;
    EXPECT_EQ(turned.rgb[0], picture.rgb[8 * 3]) << "against the clock";
  }
  EXPECT_EQ(turned.rgb, picture.rgb);
}

TEST(Augment, WhatComesFromOutsideIsTheReflection) {
  const Picture gray{15, 11, std::vector<uint8_t>(15 * 11 * 3, 90)};
  for (double degrees : {1.0, 37.0, 90.0, 180.0, -123.0}) {
    Picture turned;
    Rotate(gray, degrees, turned);
    EXPECT_EQ(turned.rgb, gray.rgb) << degrees;
  }
}

TEST(Augment, CropsLieWithinThePicture) {
  constexpr int64_t kWidth = 100;
  constexpr int64_t kHeight = 80;
  double sum = 0;
  int wholes = 0;
  for (int64_t i = 0; i < 4000; ++i) {
    Draws draws({7, 1, i}, Purpose::kCrop);
    const image::Region region = DrawRegion(0.25, kWidth, kHeight, draws);
    ASSERT_GE(region.left, 0);
    ASSERT_GE(region.top, 0);
    ASSERT_LE(region.left + region.width, kWidth);
    ASSERT_LE(region.top + region.height, kHeight);
    const double share = static_cast<double>(region.width * region.height) / (kWidth * kHeight);
    const double stretch =
        static_cast<double>(region.width) * kHeight / kWidth / static_cast<double>(region.height);
    ASSERT_GT(share, 0.24);  // sides are whole pixels
    ASSERT_GT(stretch, 0.72);
    ASSERT_LT(stretch, 1.39);
    sum += share;
    wholes += region.width == kWidth && region.height == kHeight ? 1 : 0;
  }
  // Even over 0.25 … 1 would be 0.625; large and stretched ones do not fit.
  EXPECT_NEAR(sum / 4000, 0.58, 0.03);
  EXPECT_LT(wholes, 40);
}

// One pixel that is unlike the others is found again where the crop puts it.
TEST(Augment, ACropIsTheResizeOfItsRegion) {
  Picture picture{8, 8, std::vector<uint8_t>(8 * 8 * 3, 0)};
  for (size_t y = 0; y < 8; ++y) {
    for (size_t x = 0; x < 8; ++x) picture.rgb[(y * 8 + x) * 3] = static_cast<uint8_t>(16 * x);
  }
  for (int64_t i = 0; i < 50; ++i) {
    const Occasion occasion{3, 1, i};
    Draws draws(occasion, Purpose::kCrop);
    const image::Region region = DrawRegion(0.3, 8, 8, draws);
    const std::vector<uint8_t> cropped = Augmented("crop:0.3", occasion, picture);
    for (size_t x = 0; x < 8; ++x) {
      const double at =
          (static_cast<double>(x) + 0.5) * static_cast<double>(region.width) / 8 - 0.5;
      const double inside = std::clamp(at, 0.0, static_cast<double>(region.width - 1));
      const double expected = 16 * (static_cast<double>(region.left) + inside);
      EXPECT_NEAR(cropped[x * 3], expected, 0.51) << i << " " << x;
    }
  }
}

TEST(Augment, CutoutPaintsASquareWithinThePicture) {
  const Picture picture{20, 10, std::vector<uint8_t>(20 * 10 * 3, 255)};
  auto painted = [](const Picture& p) { return std::ranges::count(p.rgb, kCutoutGray) / 3; };
  for (const auto& [x, y, side, pixels] : std::vector<std::array<int64_t, 4>>{
           {10, 5, 4, 16}, {0, 0, 4, 4}, {19, 9, 4, 9}, {10, 5, 100, 200}}) {
    Picture cut = picture;
    CutOut(x, y, side, cut);
    EXPECT_EQ(painted(cut), pixels) << x << " " << y << " " << side;
  }
}

// Means of many draws, each within five of its standard deviations.
TEST(Augment, DrawsAreAsTheyAreSaidToBe) {
  constexpr int64_t kDraws = 4000;
  const Picture two{2, 1, {0, 0, 0, 200, 200, 200}};
  const Picture gray{1, 1, {100, 100, 100}};
  double flips = 0;
  double brightness = 0;
  for (int64_t i = 0; i < kDraws; ++i) {
    flips += Augmented("flip", {5, 2, i}, two)[0] == 200 ? 1 : 0;
    brightness += Augmented("jitter:0.5", {5, 2, i}, gray)[1];
  }
  EXPECT_NEAR(flips / kDraws, 0.5, 5 * 0.5 / std::sqrt(kDraws));
  EXPECT_NEAR(brightness / kDraws, 100, 5 * 29 / std::sqrt(kDraws));
}

TEST(Augment, MixupSharesAreOfTheBetaDistribution) {
  constexpr int64_t kDraws = 4000;
  constexpr int64_t kPictures = 50;
  for (double shape : {0.1, 0.2, 1.0}) {
    double spread = 0;
    double others = 0;
    for (int64_t i = 0; i < kDraws; ++i) {
      const Mixing mixing = DrawMixing({.mixup = shape}, {9, 1, i}, kPictures);
      ASSERT_GE(mixing.other, 0);
      ASSERT_LT(mixing.other, kPictures);
      ASSERT_GE(mixing.share, 0);
      ASSERT_LE(mixing.share, 0.5);
      spread += mixing.share * (1 - mixing.share);
      others += static_cast<double>(mixing.other);
    }
    // E[x (1 − x)] of the beta distribution.
    EXPECT_NEAR(spread / kDraws, shape / (2 * (2 * shape + 1)), 5 * 0.1 / std::sqrt(kDraws));
    EXPECT_NEAR(others / kDraws, (kPictures - 1) / 2.0, 5 * 14.5 / std::sqrt(kDraws));
  }
  EXPECT_EQ(DrawMixing({}, {9, 1, 1}, kPictures).share, 0);
}

// A change is the same whatever other changes there are.
TEST(Augment, ChangesDoNotDrawFromEachOther) {
  const Picture picture = NoisePicture(12, 12, 6);
  for (int64_t i = 0; i < 20; ++i) {
    Picture expected{12, 12, Augmented("crop:0.4", {1, 1, i}, picture)};
    expected.rgb = Augmented("flip", {1, 1, i}, expected);
    EXPECT_EQ(Augmented("flip,crop:0.4", {1, 1, i}, picture), expected.rgb);
  }
}

}  // namespace
}  // namespace goldcrest::augment
