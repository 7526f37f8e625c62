// Small cases worked out by hand, for every row.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "kernels/batch_norm/batch_norm.h"
#include "kernels/binary/binary.h"
#include "kernels/dequantize/dequantize.h"
#include "kernels/fake_quant/fake_quant.h"
#include "kernels/mean/mean.h"
#include "kernels/pad/pad.h"
#include "kernels/pool/pool.h"
#include "kernels/rows.h"
#include "kernels/softmax/softmax.h"
#include "kernels/unary/unary.h"

namespace goldcrest::kernels {
namespace {

TEST(Softmax, SumsToOneAndSurvivesLargeLogits) {
  std::vector<float> x = {1000, 999, -1000, 5, 5, 5};
  softmax::Params p{.classes = 3};
  ForEachRow(softmax::Rows(), p, [&](const softmax::Row& row) {
    SCOPED_TRACE(row.name);
    std::vector<float> y(6);
    row.run(p, x.data(), y.data(), 0, 2);
    EXPECT_NEAR(y[0], 1 / (1 + std::exp(-1.0)), 1e-7);
    EXPECT_NEAR(y[1], 1 / (1 + std::exp(1.0)), 1e-7);
    EXPECT_EQ(y[2], 0);
    for (size_t i = 3; i < 6; ++i) EXPECT_FLOAT_EQ(y[i], 1.0F / 3);
    row.run({.classes = 2, .beta = 2}, x.data(), y.data(), 0, 1);
    EXPECT_NEAR(y[1], 1 / (1 + std::exp(2.0)), 1e-7);
  });
}

TEST(Mean, OverTheMiddle) {
  std::vector<float> x(2 * 3 * 100);
  std::iota(x.begin(), x.end(), 0.0F);
  mean::Params p{.outer = 2, .reduced = 3, .inner = 100};
  ForEachRow(mean::Rows(), p, [&](const mean::Row& row) {
    SCOPED_TRACE(row.name);
    std::vector<float> y(200);
    row.run(p, x.data(), y.data(), 0, 200);
    for (size_t i = 0; i < 100; ++i) {
      EXPECT_EQ(y[i], static_cast<float>(i + 100));
      EXPECT_EQ(y[100 + i], static_cast<float>(i + 400));
    }
    float all = 0;
    row.run({.reduced = 600}, x.data(), &all, 0, 1);
    EXPECT_EQ(all, 299.5F);
  });
}

TEST(Pool, TheAverageCountsOnlyPixelsInside) {
  // Rows of 1 2 3 / 4 5 6 / 7 8 9 under a 2 x 2 window at each pixel, its padding below and right.
  std::vector<float> x = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  pool::Params p{
      .window = {.in_h = 3, .in_w = 3, .out_h = 3, .out_w = 3, .kernel_h = 2, .kernel_w = 2},
      .clamp = {0, 7}};
  ForEachRow(pool::Rows(), p, [&](const pool::Row& row) {
    std::vector<float> y(9);
    row.run(p, x.data(), y.data(), 0, 2);
    row.run(p, x.data(), y.data(), 2, 3);
    EXPECT_EQ(y, (std::vector<float>{3, 4, 4.5, 6, 7, 7, 7, 7, 7})) << row.name;
  });
}

TEST(Pool, TheLargestIsOfPixelsInside) {
  // The window's padding is above and left, and all numbers are negative: a zero must not win.
  std::vector<float> x = {-1, -2, -3, -4, -5, -6, -7, -8, -9};
  pool::Params p{.kind = pool::Kind::kMax,
                 .window = {.in_h = 3,
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
  ForEachRow(pool::Rows(), p, [&](const pool::Row& row) {
    std::vector<float> y(4);
    row.run(p, x.data(), y.data(), 0, 1);
    row.run(p, x.data(), y.data(), 1, 2);
    EXPECT_EQ(y, (std::vector<float>{-1, -2, -4, -4})) << row.name;
  });
}

TEST(Pad, PutsZerosAroundElementsOfAnySize) {
  auto run = [](const pad::Params& p, const std::vector<int16_t>& x) {
    std::vector<int16_t> y(static_cast<size_t>(pad::RowCount(p) * pad::RowBytes(p)) / 2, -1);
    const int64_t half = pad::RowCount(p) / 2;
    auto* to = reinterpret_cast<std::byte*>(y.data());
    pad::Run(p, reinterpret_cast<const std::byte*>(x.data()), to, half, pad::RowCount(p));
    pad::Run(p, reinterpret_cast<const std::byte*>(x.data()), to, 0, half);
    return y;
  };
  const std::vector<int64_t> none = {0, 0, 0};
  using Dimensions = std::vector<int64_t>;
  EXPECT_EQ(run(pad::Make(Dimensions{2, 2}, Dimensions{1, 0}, Dimensions{0, 2}, 2), {1, 2, 3, 4}),
            (std::vector<int16_t>{0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0}));
  // The last dimension is not padded.
  EXPECT_EQ(run(pad::Make(Dimensions{2, 1, 2}, Dimensions{0, 1, 0}, Dimensions{0, 1, 0}, 2),
                {1, 2, 3, 4}),
            (std::vector<int16_t>{0, 0, 1, 2, 0, 0, 0, 0, 3, 4, 0, 0}));
  EXPECT_EQ(run(pad::Make(Dimensions{1, 2, 2}, none, none, 2), {1, 2, 3, 4}),
            (std::vector<int16_t>{1, 2, 3, 4}));
}

TEST(Unary, FunctionsByTheirFormulas) {
  using unary::Function;
  const std::vector<float> x = {-4, -3, -1, 0, 1.5, 3, 7};
  ForEachRow(unary::Rows(), unary::Params{}, [&](const unary::Row& row) {
    SCOPED_TRACE(row.name);
    auto run = [&](const unary::Params& params, const std::vector<float>& in) {
      std::vector<float> y(in.size());
      row.run(params, in.data(), y.data(), 0, static_cast<int64_t>(in.size()));
      return y;
    };
    EXPECT_EQ(run({.function = Function::kClamp, .clamp = {-1, 2}}, x),
              (std::vector<float>{-1, -1, -1, 0, 1.5, 2, 2}));
    EXPECT_EQ(run({.function = Function::kLeakyRelu, .alpha = 0.25F}, x),
              (std::vector<float>{-1, -0.75, -0.25, 0, 1.5, 3, 7}));
    std::vector<float> y = run({.function = Function::kHardSwish}, x);
    for (size_t i : {0, 1, 3}) EXPECT_EQ(y[i], 0);
    EXPECT_FLOAT_EQ(y[2], -1.0F / 3);
    EXPECT_FLOAT_EQ(y[4], 1.125F);
    EXPECT_FLOAT_EQ(y[6], 7);
    y = run({.function = Function::kTanh}, x);
    EXPECT_FLOAT_EQ(y[2], -0.76159416F);
    EXPECT_EQ(y[3], 0);
    y = run({.function = Function::kLogistic}, x);
    EXPECT_FLOAT_EQ(y[4], 0.81757448F);
    EXPECT_EQ(y[3], 0.5F);
    y = run({.function = Function::kLogistic}, {-kInfinity, kInfinity, -1000, 1000});
    EXPECT_EQ(y, (std::vector<float>{0, 1, 0, 1}));
    y = run({.function = Function::kTanh}, {-kInfinity, kInfinity, -1000, 1000, 1e-30F});
    EXPECT_EQ(y, (std::vector<float>{-1, 1, -1, 1, 1e-30F}));
    for (Function f : {Function::kClamp, Function::kHardSwish, Function::kLogistic, Function::kTanh,
                       Function::kLeakyRelu}) {
      y = run({.function = f, .clamp = {0, 6}, .alpha = 0.5F}, {std::nanf("")});
      EXPECT_TRUE(std::isnan(y[0])) << static_cast<int>(f);
    }
  });
}

// What TensorFlow 2.21's fake_quant_with_min_max_vars gives; by hand from the empty range on.
TEST(FakeQuant, RoundsToWhatIntegersStandFor) {
  auto run = [](const fake_quant::Params& params, float min, float max, std::vector<float> x) {
    const std::vector<float> mins(static_cast<size_t>(params.ranges), min);
    const std::vector<float> maxes(static_cast<size_t>(params.ranges), max);
    std::vector<float> y(x.size());
    fake_quant::Reference(params, x.data(), mins.data(), maxes.data(), y.data(), 1,
                          static_cast<int64_t>(x.size()));
    fake_quant::Reference(params, x.data(), mins.data(), maxes.data(), y.data(), 0, 1);
    return y;
  };
  const std::vector<float> x = {-2, -0.31F, -0.004F, 0, 0.1F, 0.7300001F, 1.5F, 9};
  EXPECT_EQ(run({}, -1, 0.9921875F, x),
            (std::vector<float>{-1, -0.3125F, -0.0078125F, 0, 0.1015625F, 0.7265625F, 0.9921875F,
                                0.9921875F}));
  EXPECT_EQ(run({}, -1.385656F, 0.8704762F, x),
            (std::vector<float>{-1.3890696F, -0.30966517F, 0, 0, 0.09732334F, 0.73434883F,
                                0.8670625F, 0.8670625F}));
  EXPECT_EQ(run({.narrow_range = true}, -1.385656F, 0.8704762F, x),
            (std::vector<float>{-1.385656F, -0.31088436F, 0, 0, 0.09770651F, 0.7283576F, 0.8704762F,
                                0.8704762F}));
  EXPECT_EQ(run({.bits = 4}, -0.3F, 2.1F, x),
            (std::vector<float>{-0.32F, -0.32F, 0, 0, 0.16F, 0.79999995F, 1.4399999F, 2.08F}));
  EXPECT_EQ(run({}, 0.5F, 3, x),
            (std::vector<float>{0, 0, 0, 0, 0.09803922F, 0.7254902F, 1.5F, 2.5F}));
  EXPECT_EQ(run({.bits = 16}, -3, -1, x),
            (std::vector<float>{-2, -0.3100023F, -0.0039978637F, 0, 0, 0, 0, 0}));
  EXPECT_EQ(run({}, 0, 0, {-1, 0, 3}), (std::vector<float>{0, 0, 0}));
  const std::vector<float> y = run({}, -1, 1, {std::nanf(""), 1});
  EXPECT_TRUE(std::isnan(y[0]));
  // Four ranges along the middle of three dimensions, each of which counts in its own steps.
  const std::vector<float> min = {-1, -2, 0, -4};
  const std::vector<float> max = {2, 1, 3, 8};
  const fake_quant::Params params{.bits = 2, .ranges = 4, .inner = 2};
  const std::vector<float> same(16, 0.75F);
  std::vector<float> z(16);
  fake_quant::Reference(params, same.data(), min.data(), max.data(), z.data(), 0, 16);
  EXPECT_EQ(z, (std::vector<float>{1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0}));
}

TEST(Binary, BroadcastsAndClamps) {
  using binary::Operator;
  using Dimensions = std::vector<int64_t>;
  const std::vector<float> a = {1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6};
  const std::vector<float> b = {1, 10, -3};
  ForEachRow(binary::Rows(), binary::Params{}, [&](const binary::Row& row) {
    auto run = [&](const binary::Params& params) {
      std::vector<float> y(12);
      row.run(params, a.data(), b.data(), y.data(), 7, 12);
      row.run(params, a.data(), b.data(), y.data(), 0, 7);
      return y;
    };
    const Dimensions shape = {2, 2, 3};
    EXPECT_EQ(run(binary::Broadcast(Operator::kAdd, shape, Dimensions{3}, {0, 6})),
              (std::vector<float>{2, 6, 0, 5, 6, 3, 0, 6, 0, 0, 5, 0}))
        << row.name;
    EXPECT_EQ(run(binary::Broadcast(Operator::kMul, shape, Dimensions{2, 1}, {0, 6})),
              (std::vector<float>{1, 2, 3, 6, 6, 6, 0, 0, 0, 0, 0, 0}))
        << row.name;
  });
}

TEST(Binary, DimensionsAreMergedWhereTheOtherGoesOnEvenly) {
  using Dimensions = std::vector<int64_t>;
  auto last = [](const Dimensions& a, const Dimensions& b) {
    binary::Params p = binary::Broadcast(binary::Operator::kAdd, a, b, {-kInfinity, kInfinity});
    return std::pair(p.shape[7], p.b_stride[7]);
  };
  EXPECT_EQ(last({2, 3, 4, 5}, {2, 3, 4, 5}), std::pair(int64_t{120}, int64_t{1}));
  EXPECT_EQ(last({2, 3, 4, 5}, {1}), std::pair(int64_t{120}, int64_t{0}));
  EXPECT_EQ(last({2, 3, 4, 5}, {2, 1, 1, 5}), std::pair(int64_t{5}, int64_t{1}));
  EXPECT_EQ(last({2, 3, 4, 5}, {2, 3, 1, 1}), std::pair(int64_t{20}, int64_t{0}));
}

TEST(BatchNorm, IsItsFormula) {
  std::vector<float> x = {1, 2, 3, 4};
  std::vector<float> gamma = {2, -1};
  std::vector<float> beta = {0.5, 1};
  std::vector<float> mean = {1, 3};
  std::vector<float> variance = {0.25, 4};
  std::vector<float> y(4);
  for (int64_t row : {0, 1}) {
    batch_norm::Reference({.channels = 2, .epsilon = 0.001}, x.data(), gamma.data(), beta.data(),
                          mean.data(), variance.data(), y.data(), row, row + 1);
  }
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
