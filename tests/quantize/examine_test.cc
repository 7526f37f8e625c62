// The mistakes that public tutorials make with calibration data, one by one.
#include "quantize/examine.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "support/random.h"
#include "tensor/shape.h"

namespace goldcrest::quantize {
namespace {

constexpr int64_t kSide = 24;
const tensor::Shape kShape = {1, kSide, kSide, 3};

// Smooth like a photograph, another for every index, with values in [low, high].
std::vector<float> Photo(int64_t index, float low, float high) {
  std::vector<float> elements;
  for (int64_t y = 0; y < kSide; ++y) {
    for (int64_t x = 0; x < kSide; ++x) {
      for (int64_t c = 0; c < 3; ++c) {
        const double phase =
            static_cast<double>(x + 2 * y) / kSide + static_cast<double>(index + c);
        const double level = 0.5 + 0.5 * std::sin(phase * std::numbers::pi);
        elements.push_back(low + (high - low) * static_cast<float>(level));
      }
    }
  }
  return elements;
}

std::vector<float> RandomNumbers(int64_t index, float low, float high) {
  testing::Random random(static_cast<uint64_t>(index));
  std::vector<float> elements = random.Floats(kSide * kSide * 3);
  for (float& x : elements) x = low + (high - low) * (x + 1) / 2;
  return elements;
}

tensor::InputContract ContractOf(tensor::NormalizationKind kind) {
  tensor::InputContract contract{.width = kSide, .height = kSide};
  contract.normalization.kind = kind;
  return contract;
}

using Sample = std::vector<float> (*)(int64_t index, float low, float high);

struct Case {
  Sample sample = Photo;
  float low = -1, high = 1;
  int64_t count = 100;
  bool same = false;
  int64_t classes = 10;
  bool labelled = true;
  tensor::NormalizationKind takes = tensor::NormalizationKind::kTf;
};

std::vector<std::string> WarningsOf(const Case& of) {
  Examiner examiner(ContractOf(of.takes));
  for (int64_t i = 0; i < of.count; ++i) {
    const int64_t which = of.same ? 0 : i;
    examiner.Add(of.sample(which, of.low, of.high), kShape, of.labelled ? which % of.classes : -1,
                 which % of.classes);
  }
  return examiner.Warnings();
}

void ExpectOnly(const Case& of, const std::string& part) {
  const std::vector<std::string> warnings = WarningsOf(of);
  ASSERT_EQ(warnings.size(), 1U) << ::testing::PrintToString(warnings);
  EXPECT_NE(warnings[0].find(part), std::string::npos) << warnings[0];
}

TEST(Examine, GoodPicturesPassInSilence) {
  EXPECT_TRUE(WarningsOf({}).empty());
  EXPECT_TRUE(WarningsOf({.low = 0, .high = 1, .takes = tensor::NormalizationKind::kUnit}).empty());
  EXPECT_TRUE(
      WarningsOf({.low = 0, .high = 255, .takes = tensor::NormalizationKind::kNone}).empty());
  EXPECT_TRUE(WarningsOf({.low = -0.9F, .high = 0.7F, .count = 32}).empty());
  EXPECT_TRUE(WarningsOf({.count = 0}).empty());
}

TEST(Examine, NoiseInsteadOfPictures) {
  ExpectOnly({.sample = RandomNumbers}, "look like noise");
  ExpectOnly(
      {.sample = RandomNumbers, .low = 0, .high = 255, .takes = tensor::NormalizationKind::kNone},
      "look like noise");
}

TEST(Examine, WrongValueRange) {
  ExpectOnly({.low = 0, .high = 255}, "0 to 255, but the model takes pictures as -1 to 1");
  ExpectOnly({.low = 0, .high = 1}, "0 to 1, but the model takes pictures as -1 to 1");
  ExpectOnly({.low = 0, .high = 1, .takes = tensor::NormalizationKind::kNone},
             "0 to 1, but the model takes pictures as 0 to 255");
  ExpectOnly({.low = -1, .high = 1, .takes = tensor::NormalizationKind::kUnit},
             "-1 to 1, but the model takes pictures as 0 to 1");
}

TEST(Examine, TooFewAndAllTheSame) {
  ExpectOnly({.count = 31}, "31 samples only");
  ExpectOnly({.same = true}, "all 100 calibration samples are the same");
}

TEST(Examine, OneClassOnly) {
  ExpectOnly({.classes = 1}, "are of one class");
  ExpectOnly({.classes = 1, .labelled = false}, "the same class in the model's eyes");
}

}  // namespace
}  // namespace goldcrest::quantize
