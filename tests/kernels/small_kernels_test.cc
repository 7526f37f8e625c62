#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <numeric>

#include "kernels/dequantize/dequantize.h"
#include "kernels/elementwise/elementwise.h"
#include "kernels/mean/mean.h"
#include "kernels/pad/pad.h"
#include "kernels/pool/pool.h"
#include "kernels/softmax/softmax.h"
#include "support/random.h"

namespace goldcrest::kernels {
namespace {

using testing::Random;

TEST(Softmax, SumsToOneAndSurvivesLargeLogits) {
  std::vector<float> x = {1000, 999, -1000, 5, 5, 5};
  std::vector<float> y(6);
  softmax::Reference({.rows = 2, .classes = 3, .beta = 1}, x.data(), y.data());
  EXPECT_NEAR(y[0], 1 / (1 + std::exp(-1.0)), 1e-7);
  EXPECT_NEAR(y[1], 1 / (1 + std::exp(1.0)), 1e-7);
  EXPECT_EQ(y[2], 0);
  for (size_t i = 3; i < 6; ++i) EXPECT_FLOAT_EQ(y[i], 1.0F / 3);
  softmax::Reference({.rows = 1, .classes = 2, .beta = 2}, x.data(), y.data());
  EXPECT_NEAR(y[1], 1 / (1 + std::exp(2.0)), 1e-7);
}

TEST(Mean, OverTheMiddle) {
  std::vector<float> x(2 * 3 * 100);
  std::iota(x.begin(), x.end(), 0.0F);
  std::vector<float> y(200);
  mean::Reference({.outer = 2, .reduced = 3, .inner = 100}, x.data(), y.data());
  for (size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(y[i], static_cast<float>(i + 100));
    EXPECT_EQ(y[100 + i], static_cast<float>(i + 400));
  }
  float all = 0;
  mean::Reference({.outer = 1, .reduced = 600, .inner = 1}, x.data(), &all);
  EXPECT_EQ(all, 299.5F);
}

TEST(AveragePool, CountsOnlyPixelsInside) {
  // Rows of 1 2 3 / 4 5 6 / 7 8 9 under a 2 x 2 window at each pixel, its padding below and right.
  std::vector<float> x = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<float> y(9);
  pool::Params p{
      .window = {.in_h = 3, .in_w = 3, .out_h = 3, .out_w = 3, .kernel_h = 2, .kernel_w = 2},
      .clamp = {0, 7}};
  pool::AverageReference(p, x.data(), y.data(), 0, 2);
  pool::AverageReference(p, x.data(), y.data(), 2, 3);
  EXPECT_EQ(y, (std::vector<float>{3, 4, 4.5, 6, 7, 7, 7, 7, 7}));
}

TEST(MaxPool, SeesOnlyPixelsInside) {
  // The window's padding is above and left, and all numbers are negative: a zero must not win.
  std::vector<float> x = {-1, -2, -3, -4, -5, -6, -7, -8, -9};
  std::vector<float> y(4);
  pool::Params p{.window = {.in_h = 3,
                            .in_w = 3,
                            .out_h = 2,
                            .out_w = 2,
                            .kernel_h = 2,
                            .kernel_w = 2,
                            .stride_h = 2,
                            .stride_w = 2,
                            .pad_top = 1,
                            .pad_left = 1},
                 .clamp = {-4, 0}};
  pool::MaxReference(p, x.data(), y.data(), 0, 1);
  pool::MaxReference(p, x.data(), y.data(), 1, 2);
  EXPECT_EQ(y, (std::vector<float>{-1, -2, -4, -4}));
}

TEST(Pad, PutsZerosAroundElementsOfAnySize) {
  pad::Params p{.shape = {1, 1, 1, 1, 1, 1, 2, 2}, .before = {}, .after = {}, .element_size = 2};
  p.before[6] = 1;
  p.after[7] = 2;
  std::vector<int16_t> x = {1, 2, 3, 4};
  std::vector<int16_t> y(12, -1);
  pad::Reference(p, reinterpret_cast<const std::byte*>(x.data()),
                 reinterpret_cast<std::byte*>(y.data()));
  EXPECT_EQ(y, (std::vector<int16_t>{0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0}));
}

TEST(Elementwise, FunctionsOfOneOperand) {
  std::vector<float> x = {-4, -3, -1, 0, 1.5, 3, 7};
  std::vector<float> y(x.size());
  elementwise::HardSwish(7, x.data(), y.data());
  EXPECT_EQ(y, (std::vector<float>{0, 0, -1.0F / 3, 0, 1.125, 3, 7}));
  elementwise::LeakyRelu(0.25F, 7, x.data(), y.data());
  EXPECT_EQ(y, (std::vector<float>{-1, -0.75, -0.25, 0, 1.5, 3, 7}));
  elementwise::Tanh(7, x.data(), y.data());
  EXPECT_NEAR(y[2], -0.76159416, 1e-7);
  elementwise::Logistic(7, x.data(), y.data());
  EXPECT_NEAR(y[4], 0.81757448, 1e-7);
  EXPECT_EQ(y[3], 0.5F);
}

TEST(Elementwise, BroadcastsAndClamps) {
  elementwise::BroadcastParams p{
      .shape = {1, 1, 1, 1, 1, 2, 2, 3}, .b_stride = {}, .clamp = {0, 6}};
  std::vector<float> a = {1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6};
  std::vector<float> b = {1, 10, -3};
  p.b_stride[7] = 1;  // b has the last dimension only
  std::vector<float> y(12);
  elementwise::Add(p, a.data(), b.data(), y.data());
  EXPECT_EQ(y, (std::vector<float>{2, 6, 0, 5, 6, 3, 0, 6, 0, 0, 5, 0}));
  p.b_stride = {};
  p.b_stride[6] = 1;  // b has the last but one only
  elementwise::Mul(p, a.data(), b.data(), y.data());
  EXPECT_EQ(y, (std::vector<float>{1, 2, 3, 6, 6, 6, 0, 0, 0, 0, 0, 0}));
}

TEST(Elementwise, BatchNormIsItsFormula) {
  std::vector<float> x = {1, 2, 3, 4};
  std::vector<float> gamma = {2, -1};
  std::vector<float> beta = {0.5, 1};
  std::vector<float> mean = {1, 3};
  std::vector<float> variance = {0.25, 4};
  std::vector<float> y(4);
  elementwise::BatchNorm({.rows = 2, .channels = 2, .epsilon = 0.001}, x.data(), gamma.data(),
                         beta.data(), mean.data(), variance.data(), y.data());
  EXPECT_FLOAT_EQ(y[0], 0.5F);
  EXPECT_FLOAT_EQ(y[1], static_cast<float>(1 + 1 / std::sqrt(4.001)));
  EXPECT_FLOAT_EQ(y[2], static_cast<float>(0.5 + 4 / std::sqrt(0.251)));
  EXPECT_FLOAT_EQ(y[3], static_cast<float>(1 - 1 / std::sqrt(4.001)));
}

TEST(Dequantize, ScalesOfTheTensorAndOfAnAxis) {
  std::vector<int8_t> q = {-128, 0, 127, 1, 2, 3};
  std::vector<float> y(6);
  std::vector<float> scale = {0.1F};
  std::vector<int64_t> zero = {-128};
  auto* bytes = reinterpret_cast<const std::byte*>(q.data());
  dequantize::Reference(
      {.dtype = tensor::DType::kInt8, .inner = 6, .scale = scale, .zero_point = zero}, bytes,
      y.data());
  EXPECT_EQ(y, (std::vector<float>{0, 0.1F * 128, 0.1F * 255, 0.1F * 129, 0.1F * 130, 0.1F * 131}));
  scale = {0.5F, 2, 3};
  zero = {0, 1, -1};
  dequantize::Reference({.dtype = tensor::DType::kUInt8,
                         .channels = 3,
                         .inner = 2,
                         .scale = scale,
                         .zero_point = zero},
                        bytes, y.data());
  EXPECT_EQ(y, (std::vector<float>{64, 0, 252, 0, 9, 12}));
  std::vector<int16_t> wide = {-32768, 32767};
  dequantize::Reference({.dtype = tensor::DType::kInt16,
                         .inner = 2,
                         .scale = std::span(scale).first(1),
                         .zero_point = std::span(zero).first(1)},
                        reinterpret_cast<const std::byte*>(wide.data()), y.data());
  EXPECT_EQ(y[0], -16384);
  EXPECT_EQ(y[1], 16383.5F);
  std::vector<uint16_t> half = {0x2e66, 0xfbff, 1};
  dequantize::Reference({.dtype = tensor::DType::kFloat16, .inner = 3},
                        reinterpret_cast<const std::byte*>(half.data()), y.data());
  EXPECT_EQ(y[0], 0.0999755859375F);
  EXPECT_EQ(y[1], -65504);
  EXPECT_EQ(y[2], 0x1p-24F);
}

}  // namespace
}  // namespace goldcrest::kernels
