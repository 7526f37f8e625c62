#include "evaluate/significance.h"

#include <gtest/gtest.h>

namespace goldcrest::evaluate {
namespace {

// SciPy 1.17: binomtest(hits, total).proportion_ci(method="wilson").
TEST(Wilson, AsSciPyHasIt) {
  struct Case {
    int64_t hits, total;
    double low, high;
  };
  for (const Case& c :
       {Case{283, 500, 0.5222171596922527, 0.6087764273668224},
        Case{0, 10, 0.0, 0.27753279986288926}, Case{10, 10, 0.7224672001371109, 1.0},
        Case{1, 3, 0.06149194472039626, 0.7923403991979523}}) {
    Interval interval = WilsonInterval(c.hits, c.total);
    EXPECT_NEAR(interval.low, c.low, 1e-14);
    EXPECT_NEAR(interval.high, c.high, 1e-14);
  }
  EXPECT_EQ(WilsonInterval(0, 0).high, 1);
}

// Python's exact integers: 2 · Σ C(n, k) / 2^n; SciPy's binomtest(b, b + c, 0.5).pvalue agrees.
TEST(McNemar, IsExact) {
  EXPECT_NEAR(McNemar(1, 9), 0.021484375, 1e-15);
  EXPECT_NEAR(McNemar(9, 1), 0.021484375, 1e-15);
  EXPECT_NEAR(McNemar(10, 25), 0.01667384780012071, 1e-14);
  EXPECT_NEAR(McNemar(0, 6), 0.03125, 1e-15);
  EXPECT_NEAR(McNemar(2000, 2150), 0.02071545604926722, 1e-11);
  EXPECT_EQ(McNemar(12, 12), 1);
  EXPECT_EQ(McNemar(0, 0), 1);
}

}  // namespace
}  // namespace goldcrest::evaluate
