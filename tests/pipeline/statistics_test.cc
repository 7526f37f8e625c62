#include "pipeline/statistics.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace goldcrest::pipeline {
namespace {

// What NumPy 2.4 says of the same numbers: percentile(x, [10, 50, 90]), mean(x), std(x, ddof=1).
TEST(Statistics, AsNumPyHasThem) {
  constexpr std::array x = {5.25, 1.5, 9.0, 2.75, 2.5, 7.125, 4.0};
  Statistics s = Summarize(x);
  EXPECT_EQ(s.count, 7U);
  EXPECT_EQ(s.min, 1.5);
  EXPECT_EQ(s.max, 9.0);
  EXPECT_DOUBLE_EQ(s.median, 4.0);
  EXPECT_DOUBLE_EQ(s.p90, 7.875);
  EXPECT_DOUBLE_EQ(s.mean, 4.589285714285714);
  EXPECT_DOUBLE_EQ(s.std, 2.7067761090939726);
  EXPECT_DOUBLE_EQ(s.spread, (7.875 - 2.1) / 4.0);
}

TEST(Statistics, OfAnEvenCountTheMedianLiesBetween) {
  constexpr std::array x = {4.0, 1.0, 3.0, 2.0};
  EXPECT_DOUBLE_EQ(Summarize(x).median, 2.5);
}

TEST(Statistics, OfOneMeasurement) {
  constexpr std::array x = {3.0};
  Statistics s = Summarize(x);
  EXPECT_EQ(s.min, 3);
  EXPECT_EQ(s.median, 3);
  EXPECT_EQ(s.p90, 3);
  EXPECT_EQ(s.std, 0);
  EXPECT_EQ(s.spread, 0);
}

// Order statistics by the binomial distribution of SciPy: the largest k with P(X < k) <= 0.025.
TEST(Statistics, TheMedianLiesBetweenTwoOfTheMeasurements) {
  struct Row {
    size_t count, low, high;  // counted from 1
  };
  for (const Row& row : {Row{6, 1, 6}, Row{10, 2, 9}, Row{15, 4, 12}, Row{25, 8, 18},
                         Row{100, 40, 61}, Row{2000, 956, 1045}}) {
    std::vector<double> falling;
    for (size_t i = row.count; i > 0; --i) falling.push_back(static_cast<double>(i));
    const std::optional<Range> range = MedianInterval(falling);
    ASSERT_TRUE(range) << row.count;
    EXPECT_EQ(range->low, static_cast<double>(row.low)) << row.count;
    EXPECT_EQ(range->high, static_cast<double>(row.high)) << row.count;
  }
  EXPECT_FALSE(MedianInterval(std::array{1.0, 2.0, 3.0, 4.0, 5.0}));
  EXPECT_FALSE(MedianInterval({}));
}

}  // namespace
}  // namespace goldcrest::pipeline
