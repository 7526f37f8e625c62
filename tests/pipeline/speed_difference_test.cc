#include "pipeline/speed_difference.h"

#include <gtest/gtest.h>

#include <vector>

namespace goldcrest::pipeline {
namespace {

std::vector<double> Times(const std::vector<double>& times, double factor) {
  std::vector<double> scaled;
  for (double x : times) scaled.push_back(x * factor);
  return scaled;
}

TEST(SpeedDifference, IsToldWhereTheRoundsAgree) {
  // The machine was busy in some rounds: either model took twice as long then.
  const std::vector<double> before = {1.0, 1.02, 2.0, 2.1, 1.01, 0.99, 1.5};
  const SpeedDifference slower = CompareSpeed(before, Times(before, 1.1));
  EXPECT_EQ(slower.verdict, SpeedVerdict::kSlower);
  EXPECT_NEAR(slower.ratio, 1.1, 1e-12);
  EXPECT_EQ(slower.rounds, 7U);
  EXPECT_EQ(CompareSpeed(before, Times(before, 0.9)).verdict, SpeedVerdict::kFaster);
  EXPECT_EQ(NameOf(slower.verdict), "slower");
}

TEST(SpeedDifference, IsNoneWithinNoise) {
  const std::vector<double> before = {1, 1, 1, 1, 1, 1, 1};
  const std::vector<double> after = {1.2, 1.15, 0.9, 1.3, 1.1, 1.25, 1.2};
  const SpeedDifference difference = CompareSpeed(before, after);
  EXPECT_EQ(difference.verdict, SpeedVerdict::kNoDifference);
  EXPECT_EQ(difference.ratio, 1.2);
  EXPECT_EQ(difference.range->low, 0.9);
  EXPECT_EQ(difference.range->high, 1.3);
  EXPECT_EQ(NameOf(difference.verdict), "no difference beyond noise");
  // Certain, and no more than where the memory lies makes.
  EXPECT_EQ(CompareSpeed(before, Times(before, 1.015)).verdict, SpeedVerdict::kNoDifference);
}

TEST(SpeedDifference, FewRoundsCannotTell) {
  const std::vector<double> five = {1, 1, 1, 1, 1};
  EXPECT_EQ(CompareSpeed(five, Times(five, 3)).verdict, SpeedVerdict::kTooFewRounds);
  EXPECT_EQ(CompareSpeed(five, Times(five, 3)).ratio, 3);
  EXPECT_EQ(CompareSpeed({}, five).rounds, 0U);
  // A clock that shows nothing is no measurement.
  const std::vector<double> nothing(9, 0.0);
  EXPECT_EQ(CompareSpeed(nothing, nothing).verdict, SpeedVerdict::kTooFewRounds);
}

}  // namespace
}  // namespace goldcrest::pipeline
