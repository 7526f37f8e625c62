#include "tensor/reals.h"

#include <gtest/gtest.h>

#include <array>

namespace goldcrest::tensor {
namespace {

TEST(Reals, OfIntegersByTheirScale) {
  const std::array<int8_t, 3> bytes = {-128, 0, 127};
  const std::array<int64_t, 2> shape = {1, 3};
  const TensorView view{DType::kInt8, shape, std::as_bytes(std::span(bytes))};
  std::vector<float> reals;
  ASSERT_TRUE(ReadReals(view, {{0.00390625F}, {-128}}, reals));
  EXPECT_EQ(reals, (std::vector<float>{0, 0.5, 0.99609375}));
  EXPECT_FALSE(ReadReals(view, {}, reals));
  EXPECT_FALSE(ReadReals(view, {{1, 2, 3}, {0, 0, 0}}, reals));
}

}  // namespace
}  // namespace goldcrest::tensor
