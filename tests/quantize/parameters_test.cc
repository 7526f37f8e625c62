#include "quantize/parameters.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace goldcrest::quantize {
namespace {

using tensor::DType;

// What TensorFlow's converter writes for these ranges.
TEST(Parameters, AreThoseOfTensorFlow) {
  EXPECT_EQ(ParametersOf({-1, 1}, DType::kInt8), (tensor::Quantization{{2.0F / 255}, {-1}}));
  EXPECT_EQ(ParametersOf({0, 6}, DType::kInt8), (tensor::Quantization{{6.0F / 255}, {-128}}));
  EXPECT_EQ(ParametersOf({0, 6}, DType::kInt16), (tensor::Quantization{{6.0F / 32767}, {0}}));
  EXPECT_EQ(ParametersOf({0, 6}, DType::kUInt8), (tensor::Quantization{{6.0F / 255}, {0}}));
}

TEST(Parameters, ZeroIsAlwaysAnInteger) {
  for (DType dtype : {DType::kInt8, DType::kUInt8, DType::kInt16}) {
    for (const Range& range : {Range{2, 5}, Range{-7, -3}, Range{-0.3, 11}, Range{0, 0},
                               Range{-1e-30, 1e30}, Range{0, 1e-45}}) {
      const tensor::Quantization q = ParametersOf(range, dtype);
      EXPECT_GT(q.scale[0], 0);
      EXPECT_GE(q.zero_point[0], tensor::LimitsOf(dtype)->low);
      EXPECT_LE(q.zero_point[0], tensor::LimitsOf(dtype)->high);
      EXPECT_EQ(Grid(q, dtype).Round(0), 0);
    }
  }
}

TEST(Parameters, SymmetricRangesHaveTheZeroPointNought) {
  for (const Range& range :
       {Range{0, 6}, Range{-0.3, 11}, Range{-7, 0}, Range{0, 0}, Range{-1e-30, 1e-30}}) {
    const tensor::Quantization q = ParametersOf(Symmetric(range, DType::kInt8), DType::kInt8);
    EXPECT_EQ(q.zero_point[0], 0);
    const double farthest = std::max(-range.low, range.high);
    EXPECT_FLOAT_EQ(q.scale[0], static_cast<float>(farthest > 0 ? farthest / 127 : 1));
  }
}

TEST(Parameters, RoundingStaysWithinHalfAStep) {
  const Range range{-2, 5};
  const tensor::Quantization q = ParametersOf(range, DType::kInt8);
  const Grid grid(q, DType::kInt8);
  for (float x = -1.98F; x < 4.98F; x += 0.01F) {
    EXPECT_NEAR(grid.Round(x), x, q.scale[0] * 0.501F);
  }
}

}  // namespace
}  // namespace goldcrest::quantize
