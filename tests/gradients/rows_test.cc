// Every row of the gradient families against the reference row, on random shapes.
#include <gtest/gtest.h>

#include <cmath>

#include "gradients/batch_norm/batch_norm.h"
#include "gradients/conv_weights/conv_weights.h"
#include "gradients/depthwise/depthwise.h"
#include "kernels/random_window.h"
#include "kernels/rows.h"
#include "support/random.h"

namespace goldcrest::gradients {
namespace {

using goldcrest::testing::Random;
using kernels::ForEachRow;

constexpr int kShapes = 120;

// `guarded` is what a row wrote within canaries; `scale` bounds what the sums are made of.
void ExpectNear(const std::vector<float>& guarded, const std::vector<float>& expected, double scale,
                std::string_view row) {
  kernels::ExpectCanaries(guarded, row);
  for (size_t i = 0; i < expected.size(); ++i) {
    ASSERT_NEAR(guarded[kernels::kCanaries + i], expected[i], 1e-5 * scale) << row << " at " << i;
  }
}

std::vector<float> GuardedCopy(const std::vector<float>& values) {
  std::vector<float> guarded = kernels::Guarded(std::ssize(values));
  std::ranges::copy(values, guarded.begin() + kernels::kCanaries);
  return guarded;
}

TEST(GradientRows, OfConvolutionWeights) {
  Random random(1);
  for (int shape = 0; shape < kShapes; ++shape) {
    conv_weights::Params params{.window = kernels::RandomWindow(random),
                                .in_channels = random.Integer(1, 21),
                                .out_channels = random.Integer(1, 70),
                                .bfloat16 = random.Integer(0, 1) == 1};
    // More than is rounded at once.
    if (shape % 20 == 0) params.out_channels = random.Integer(250, 530);
    if (shape % 20 == 1) params.in_channels = random.Integer(250, 530);
    params.joined =
        random.Integer(0, 1) == 1 && conv_weights::MayJoin(params.window, params.in_channels);
    const kernels::Window& a = params.window;
    auto x = random.Floats(a.batch * a.in_h * a.in_w * params.in_channels);
    auto dy = random.Floats(params.pixels() * params.out_channels);
    if (params.bfloat16) {
      x = kernels::Shortened(std::move(x));
      dy = kernels::Shortened(std::move(dy));
    }
    const auto before = random.Floats(params.depth() * params.out_channels);
    const int64_t length = params.run_length();
    const conv_weights::Block block = {
        random.Integer(0, params.pixels() / 2), params.pixels(), 0, params.runs(),
        random.Integer(0, length / 2),          length};
    std::vector<float> expected = before;
    conv_weights::RunReference(params, x.data(), dy.data(), expected.data(), block);
    ForEachRow(conv_weights::Rows(), params, [&](const conv_weights::Row& row) {
      std::vector<float> sums = GuardedCopy(before);
      row.run(params, x.data(), dy.data(), sums.data() + kernels::kCanaries, block);
      ExpectNear(sums, expected, static_cast<double>(params.pixels()), row.name);
    });
  }
}

TEST(GradientRows, OfDepthwiseConvolution) {
  Random random(2);
  for (int shape = 0; shape < kShapes; ++shape) {
    const depthwise::Params params{.window = kernels::RandomWindow(random),
                                   .in_channels = random.Integer(1, 40),
                                   .multiplier = random.Integer(0, 3) == 0 ? 2 : 1};
    const kernels::Window& a = params.window;
    const int64_t outputs = params.in_channels * params.multiplier;
    const auto x = random.Floats(a.batch * a.in_h * a.in_w * params.in_channels);
    const auto dy = random.Floats(a.batch * a.out_h * a.out_w * outputs);
    const auto w = random.Floats(a.kernel_h * a.kernel_w * outputs);
    const int64_t rows = a.batch * a.out_h;
    const int64_t first = random.Integer(0, rows / 2);
    std::vector<float> sums = w;
    depthwise::WeightsReference(params, x.data(), dy.data(), sums.data(), first, rows);
    std::vector<float> dx(x.size(), kernels::kCanary);
    const int64_t in_rows = a.batch * a.in_h;
    depthwise::InputReference(params, dy.data(), w.data(), dx.data(), 1, in_rows);
    ForEachRow(depthwise::Rows(), params, [&](const depthwise::Row& row) {
      std::vector<float> own = GuardedCopy(w);
      row.weights(params, x.data(), dy.data(), own.data() + kernels::kCanaries, first, rows);
      ExpectNear(own, sums, static_cast<double>(rows * a.out_w), row.name);
      own = kernels::Guarded(std::ssize(x));
      row.input(params, dy.data(), w.data(), own.data() + kernels::kCanaries, 1, in_rows);
      ExpectNear(own, dx, 30, row.name);
    });
  }
}

struct BatchNormCase {
  batch_norm::Params params;
  int64_t pixels;
  std::vector<float> x, dy, scale, shift, pivot, by_x, offset;

  explicit BatchNormCase(Random& random)
      : params{.channels = random.Integer(1, 90),
               .clamp = {-kernels::kInfinity, kernels::kInfinity}},
        pixels(random.Integer(1, 200)),
        x(random.Floats(pixels * params.channels)),
        dy(random.Floats(pixels * params.channels)),
        scale(random.Floats(params.channels)),
        shift(random.Floats(params.channels)),
        pivot(random.Floats(params.channels)),
        by_x(random.Floats(params.channels)),
        offset(random.Floats(params.channels)) {
    if (random.Integer(0, 2) > 0) params.clamp = {0, random.Integer(0, 1) == 0 ? 0.5F : 6.0F};
  }

  std::vector<float> Apply(const batch_norm::Functions& f) const {
    std::vector<float> y = kernels::Guarded(std::ssize(x));
    f.apply(params, x.data(), scale.data(), shift.data(), pixels, y.data() + kernels::kCanaries);
    return y;
  }
  std::vector<float> Gradient(const batch_norm::Functions& f) const {
    std::vector<float> dx = kernels::Guarded(std::ssize(x));
    f.gradient(params, x.data(), dy.data(), scale.data(), shift.data(), by_x.data(), offset.data(),
               pixels, dx.data() + kernels::kCanaries);
    return dx;
  }
  // Those of the batch, then those of the gradient.
  std::vector<double> Sums(const batch_norm::Functions& f) const {
    std::vector<double> sums(static_cast<size_t>(params.channels) * 4);
    f.moments(params, x.data(), pivot.data(), pixels, sums.data());
    f.gradient_sums(params, x.data(), dy.data(), scale.data(), shift.data(), pivot.data(), pixels,
                    sums.data() + params.channels * 2);
    return sums;
  }
};

std::vector<float> Inside(const std::vector<float>& guarded) {
  return {guarded.begin() + kernels::kCanaries, guarded.end() - kernels::kCanaries};
}

TEST(GradientRows, OfBatchNormalization) {
  Random random(3);
  for (int shape = 0; shape < kShapes; ++shape) {
    const BatchNormCase c(random);
    const batch_norm::Functions& reference = batch_norm::kReference;
    ForEachRow(batch_norm::Rows(), c.params, [&](const batch_norm::Row& row) {
      ExpectNear(c.Apply(row.functions), Inside(c.Apply(reference)), 1, row.name);
      ExpectNear(c.Gradient(row.functions), Inside(c.Gradient(reference)), 1, row.name);
      const std::vector<double> expected = c.Sums(reference);
      const std::vector<double> sums = c.Sums(row.functions);
      for (size_t i = 0; i < sums.size(); ++i) {
        ASSERT_NEAR(sums[i], expected[i], 1e-5 * static_cast<double>(c.pixels)) << row.name;
      }
    });
  }
}

}  // namespace
}  // namespace goldcrest::gradients
