// Optimizers, schedules and the loss against what is worked out by hand.
#include "train/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/run_graph.h"
#include "train/loss.h"
#include "train/schedule.h"

namespace goldcrest::train {
namespace {

// Two weights that decay and a bias that does not, with gradients that stay the same.
struct Weights {
  base::ThreadPool pool{1};
  Parameters parameters;

  Weights() {
    const graph::Graph graph = testing::MustParse(R"(graph "g"
  input %0 "x": float32[-1, 2]
  const %1 "w": float32[1, 2] = {1, -2}
  const %2 "b": float32[1] = {0.5}
  %3 "y": float32[-1, 1] = fully_connected(%0, %1, %2)
  output %3
)");
    auto made = Parameters::Create(graph, {false, true, true, false});
    EXPECT_TRUE(made);
    parameters = std::move(*made);
    const std::vector<float> gradient = {0.5, -1, 2};
    std::ranges::copy(gradient, parameters.gradients().begin());
  }

  std::vector<float> After(const OptimizerOptions& options, int steps, double rate) {
    auto optimizer = Optimizer::Create(options, parameters);
    EXPECT_TRUE(optimizer);
    for (int i = 0; i < steps; ++i) optimizer->Step(rate, pool);
    return {parameters.learned().begin(), parameters.learned().end()};
  }
};

void ExpectFloats(const std::vector<float>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-6) << i;
}

TEST(Optimizer, Sgd) {
  ExpectFloats(Weights().After({.algorithm = Algorithm::kSgd, .momentum = 0}, 2, 0.1),
               {0.9, -1.8, 0.1});
  // Velocities −0.05 and 0.9 · −0.05 − 0.05 of the first, and so on.
  ExpectFloats(Weights().After({.algorithm = Algorithm::kSgd}, 2, 0.1),
               {1 - 0.05 - 0.095, -2 + 0.1 + 0.19, 0.5 - 0.2 - 0.38});
  // Each step looks ahead: 0.9 · v − rate · g, v being the new velocity.
  ExpectFloats(Weights().After({.algorithm = Algorithm::kSgd, .nesterov = true}, 1, 0.1),
               {1 - 0.095, -2 + 0.19, 0.5 - 0.38});
}

TEST(Optimizer, AdamsFirstStepsAreTheRate) {
  // With a gradient that stays, both corrected moments are the gradient and its square.
  ExpectFloats(Weights().After({}, 3, 0.01), {1 - 0.03, -2 + 0.03, 0.5 - 0.03});
}

TEST(Optimizer, Rmsprop) {
  // r = 0.1 · g², so that each element moves by rate / sqrt(0.1).
  const double step = 0.01 / std::sqrt(0.1);
  ExpectFloats(Weights().After({.algorithm = Algorithm::kRmsprop, .momentum = 0}, 1, 0.01),
               {1 - step, -2 + step, 0.5 - step});
}

TEST(Optimizer, WeightsDecayAndBiasesDoNot) {
  ExpectFloats(
      Weights().After({.algorithm = Algorithm::kSgd, .momentum = 0, .weight_decay = 0.5}, 1, 0.1),
      {0.95 - 0.05, -1.9 + 0.1, 0.5 - 0.2});
}

TEST(Optimizer, ClipsTheGradientOfAllTogether) {
  const double norm = std::sqrt(0.25 + 1 + 4);
  ExpectFloats(
      Weights().After({.algorithm = Algorithm::kSgd, .momentum = 0, .clip_norm = 1}, 1, 0.1),
      {1 - 0.05 / norm, -2 + 0.1 / norm, 0.5 - 0.2 / norm});
}

TEST(Schedule, RisesAndFalls) {
  Schedule schedule{.rate = 1, .decay = Decay::kCosine, .warm_up = 4, .steps = 104};
  EXPECT_DOUBLE_EQ(schedule.At(0), 0.25);
  EXPECT_DOUBLE_EQ(schedule.At(3), 1);
  EXPECT_DOUBLE_EQ(schedule.At(4), 1);
  EXPECT_NEAR(schedule.At(54), 0.5, 1e-12);
  EXPECT_NEAR(schedule.At(104), 0, 1e-12);
  schedule.decay = Decay::kStep;
  EXPECT_DOUBLE_EQ(schedule.At(36), 1);
  EXPECT_NEAR(schedule.At(54), 0.1, 1e-12);
  EXPECT_NEAR(schedule.At(90), 0.01, 1e-12);
}

TEST(CrossEntropy, GradientIsThatOfTheLoss) {
  const std::vector<float> logits = {1, -2, 0.5, 3, 0, -1};
  const std::vector<Target> targets = {{.label = 2}, {.label = 0, .other = 1, .other_share = 0.25}};
  const LossOptions options{.label_smoothing = 0.1, .class_weights = {2, 1, 0.5}};
  std::vector<float> gradient(6);
  const LossSum sum = CrossEntropy(logits, targets, options, gradient);
  EXPECT_EQ(sum.correct, 1);
  constexpr float kStep = 1e-2F;
  for (size_t i = 0; i < logits.size(); ++i) {
    std::vector<float> more = logits;
    std::vector<float> less = logits;
    more[i] += kStep;
    less[i] -= kStep;
    const double slope = (CrossEntropy(more, targets, options, {}).loss -
                          CrossEntropy(less, targets, options, {}).loss) /
                         (2.0 * kStep * 2);  // of the mean of two pictures
    EXPECT_NEAR(gradient[i], slope, 1e-5) << i;
  }
}

TEST(CrossEntropy, IsTheLogarithmOfTheShare) {
  const std::vector<float> logits = {0, std::log(3.0F)};
  const std::vector<Target> targets = {{.label = 1}};
  EXPECT_NEAR(CrossEntropy(logits, targets, {}, {}).loss, std::log(4.0 / 3), 1e-6);
}

}  // namespace
}  // namespace goldcrest::train
