#include "train/fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/cpu_features.h"
#include "support/run_graph.h"
#include "train/learned.h"
#include "train/training_form.h"

namespace goldcrest::train {
namespace {

// Two classes that lie apart; it keeps what it is told and asked for.
class RecordingSource final : public BatchSource {
 public:
  int64_t size() const override { return 10; }
  void Prepare(std::span<const int64_t> order, int64_t epoch) override {
    EXPECT_EQ(asked_, told_);
    told_.assign(order.begin(), order.end());
    epoch_ = epoch;
    asked_.clear();
    ++epochs_;
  }
  Status Fill(std::span<const int64_t> samples, int64_t epoch, std::span<float> inputs,
              std::span<Target> targets) override {
    EXPECT_EQ(epoch, epoch_);
    for (size_t i = 0; i < samples.size(); ++i) {
      targets[i] = {.label = samples[i] % 2};
      inputs[i * 2] = static_cast<float>(samples[i] % 2);
      inputs[i * 2 + 1] = epoch < overflowing_epoch_ ? 1.0F : 1e30F * static_cast<float>(i + 1);
    }
    asked_.insert(asked_.end(), samples.begin(), samples.end());
    return {};
  }

  std::vector<int64_t> told_, asked_;
  int64_t epoch_ = -1;
  int64_t overflowing_epoch_ = 100;  // from which on squares of inputs are too large for a float
  int epochs_ = 0;
};

TEST(Fit, TellsTheSourcesTheOrderOfEachEpoch) {
  auto form = TrainingForm(testing::MustParse(R"(
    input %0 "x": float32[-1, 2]
    const %1 "w": float32[2, 2] = {0.1, 0.2, 0.3, 0.4}
    %2 "logits": float32[-1, 2] = fully_connected(%0, %1)
    output %2)"));
  ASSERT_TRUE(form) << form.error().ToString();
  base::ThreadPool pool(1);
  NetworkOptions options{.batch = 4};
  for (const graph::Value& value : form->values)
    options.learned.push_back(value.constant.has_value());
  auto network = Network::Create(*form, options, pool, base::MachineIsa());
  ASSERT_TRUE(network) << network.error().ToString();
  RecordingSource training;
  RecordingSource validation;
  const FitEvents events{.progress = [](const StepReport&) {},
                         .epoch_done = [](const EpochReport&) { return Status(); },
                         .interrupted = [] { return false; },
                         .checkpoint = {}};
  auto report = Fit(*network, training, &validation, {.epochs = 3}, events, pool);
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_EQ(training.epochs_, 3);
  EXPECT_EQ(validation.epochs_, 3);
  EXPECT_EQ(training.asked_, training.told_);
  EXPECT_EQ(validation.asked_, validation.told_);
  std::ranges::sort(training.told_);
  std::vector<int64_t> all(10);
  std::iota(all.begin(), all.end(), int64_t{0});
  EXPECT_EQ(training.told_, all);
  EXPECT_EQ(validation.told_, all);
}

// A hidden layer with dropout, learned by what `options` say; all that is learned in the end.
std::vector<float> Learned(const FitOptions& options, const FitState* from,
                           std::vector<FitState>& told) {
  auto form = TrainingForm(testing::MustParse(R"(
    input %0 "x": float32[-1, 2]
    const %1 "w": float32[3, 2] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6}
    %2 "hidden": float32[-1, 3] = fully_connected(%0, %1)
    %3 "dropout": float32[-1, 3] = dropout(%2) rate=0.5
    const %4 "v": float32[2, 3] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6}
    %5 "logits": float32[-1, 2] = fully_connected(%3, %4)
    output %5)"));
  EXPECT_TRUE(form) << form.error().ToString();
  base::ThreadPool pool(1);
  NetworkOptions network_options{.batch = 4};
  for (const graph::Value& value : form->values)
    network_options.learned.push_back(value.constant.has_value());
  auto network = Network::Create(*form, network_options, pool, base::MachineIsa());
  EXPECT_TRUE(network) << network.error().ToString();
  RecordingSource training;
  RecordingSource validation;
  const FitEvents events{.progress = [](const StepReport&) {},
                         .epoch_done = [](const EpochReport&) { return Status(); },
                         .interrupted = [] { return false; },
                         .checkpoint = [&](FitState state) { told.push_back(std::move(state)); }};
  auto report = Fit(*network, training, &validation, options, events, pool, from);
  EXPECT_TRUE(report) << report.error().ToString();
  EXPECT_EQ(std::ssize(report->epochs), options.epochs);
  const std::span<const float> elements = network->parameters().elements();
  return {elements.begin(), elements.end()};
}

TEST(Fit, GoesOnFromAnyStepToTheSameBits) {
  for (const Algorithm algorithm :
       {Algorithm::kSgd, Algorithm::kAdam, Algorithm::kAdamW, Algorithm::kRmsprop}) {
    const FitOptions options{.epochs = 3,
                             .optimizer = {.algorithm = algorithm},
                             .rate = 0.05,
                             .decay = Decay::kCosine,
                             .average = algorithm == Algorithm::kAdam ? 0.5 : 0,
                             .checkpoint_seconds = 0};
    std::vector<FitState> states;
    const std::vector<float> whole = Learned(options, nullptr, states);
    ASSERT_EQ(states.size(), 9U);
    for (const FitState& state : states) {
      std::vector<FitState> later;
      EXPECT_EQ(Learned(options, &state, later), whole) << state.epoch << " " << state.samples;
    }
  }
}

// A batch normalization hides from the loss how large its input has become.
TEST(Fit, EndsWhereAStatisticBecomesInfinite) {
  auto form = TrainingForm(testing::MustParse(R"(
    input %0 "x": float32[-1, 2]
    const %1 "w": float32[2, 2] = {1, 0.5, 0.5, -1}
    %2 "hidden": float32[-1, 2] = fully_connected(%0, %1)
    const %3 "gamma": float32[2] = {1, 1}
    const %4 "beta": float32[2] = {0, 0}
    const %5 "mean": float32[2] = {0, 0}
    const %6 "variance": float32[2] = {1, 1}
    %7 "bn": float32[-1, 2] = batch_norm(%2, %3, %4, %5, %6)
    const %8 "v": float32[2, 2] = {1, 2, 3, 4}
    %9 "logits": float32[-1, 2] = fully_connected(%7, %8)
    output %9)"));
  ASSERT_TRUE(form) << form.error().ToString();
  base::ThreadPool pool(1);
  const FitEvents events{.progress = [](const StepReport&) {},
                         .epoch_done = [](const EpochReport&) { return Status(); },
                         .interrupted = [] { return false; },
                         .checkpoint = {}};
  for (const int64_t overflowing : {1, 3}) {
    auto network = Network::Create(*form, {.batch = 5, .learned = LearnedConstants(*form)}, pool,
                                   base::MachineIsa());
    ASSERT_TRUE(network) << network.error().ToString();
    RecordingSource training;
    training.overflowing_epoch_ = overflowing;
    RecordingSource validation;
    // Only the statistics move.
    const auto report = Fit(
        *network, training, &validation,
        {.epochs = 5, .optimizer = {.algorithm = Algorithm::kSgd}, .rate = 1e-30}, events, pool);
    if (overflowing == 1) {
      ASSERT_FALSE(report);
      const std::string message = report.error().ToString();
      EXPECT_NE(message.find("a parameter became infinite in epoch 1"), message.npos) << message;
      EXPECT_NE(message.find("--learning-rate"), message.npos) << message;
      continue;
    }
    ASSERT_TRUE(report) << report.error().ToString();
    EXPECT_EQ(report->ending, Ending::kDiverged);
    EXPECT_EQ(report->infinite, "a parameter");
    EXPECT_EQ(report->epochs.size(), 2U);
    for (const float x : network->parameters().elements()) EXPECT_TRUE(std::isfinite(x)) << x;
  }
}

TEST(Fit, MeasureCountsTheAnswers) {
  // The second logit is the larger one of the odd samples, which are of the second class, or of
  // none.
  for (const bool never : {false, true}) {
    auto form = TrainingForm(testing::MustParse(base::Cat(R"(
    input %0 "x": float32[-1, 2]
    const %1 "w": float32[2, 2] = {0, 0.5, 1, )",
                                                          never ? "-1" : "0", R"(}
    %2 "logits": float32[-1, 2] = fully_connected(%0, %1)
    output %2)")));
    ASSERT_TRUE(form) << form.error().ToString();
    base::ThreadPool pool(1);
    auto network = Network::Create(*form, {.batch = 4, .learned = LearnedConstants(*form)}, pool,
                                   base::MachineIsa());
    ASSERT_TRUE(network) << network.error().ToString();
    RecordingSource source;
    Confusion confusion = {{7}};
    const auto score = Measure(*network, source, {}, [](double) { return true; }, &confusion);
    ASSERT_TRUE(score) << score.error().ToString();
    EXPECT_EQ(confusion, never ? Confusion({{5, 0}, {5, 0}}) : Confusion({{5, 0}, {0, 5}}));
    EXPECT_EQ((*score)->accuracy, never ? 0.5 : 1);
  }
}

}  // namespace
}  // namespace goldcrest::train
