#include "tensor/difference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace goldcrest::tensor {
namespace {

TensorView View(const std::vector<float>& values, const Shape& shape) {
  return {DType::kFloat32, shape, std::as_bytes(std::span(values))};
}

TEST(Difference, MeasuresTheLargest) {
  Shape shape = {3};
  std::vector<float> a = {1, -4, 2};
  std::vector<float> b = {1, -3.5, 2.25};
  Difference difference = Compare(View(a, shape), View(b, shape));
  EXPECT_EQ(difference.max_absolute, 0.5);
  EXPECT_EQ(difference.max_relative, 0.125);
  EXPECT_EQ(difference.differing, 2);
  EXPECT_NEAR(difference.sqnr_db, 10 * std::log10(21 / 0.3125), 1e-9);
  EXPECT_TRUE(std::isinf(Compare(View(a, shape), View(a, shape)).sqnr_db));
}

TEST(Difference, ANanIsNeverSmall) {
  Shape shape = {2};
  std::vector<float> a = {1, std::numeric_limits<float>::quiet_NaN()};
  std::vector<float> b = {1, 1};
  EXPECT_FALSE(Compare(View(a, shape), View(b, shape)).max_absolute <= 1e9);
  EXPECT_FALSE(Compare(View(b, shape), View(a, shape)).max_relative <= 1e9);
}

TEST(ArgMax, TiesGoToTheLowerIndexAndNansLose) {
  EXPECT_EQ(ArgMax(std::vector<float>{1, 3, 3, 2}), 1);
  EXPECT_EQ(ArgMax(std::vector<float>{std::nanf(""), 1, 2}), 2);
}

TEST(Shape, CountsDoNotOverflow) {
  EXPECT_EQ(ElementCount(Shape{2, 3, 4}), 24);
  EXPECT_EQ(ElementCount(Shape{}), 1);
  EXPECT_FALSE(ElementCount(Shape{2, -1}));
  EXPECT_FALSE(ElementCount(Shape{int64_t{1} << 40, int64_t{1} << 40}));
  EXPECT_FALSE(ByteCount(DType::kInt64, Shape{int64_t{1} << 61}));
}

}  // namespace
}  // namespace goldcrest::tensor
