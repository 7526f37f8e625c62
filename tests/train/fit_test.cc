#include "train/fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "base/cpu_features.h"
#include "support/run_graph.h"
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
      inputs[i * 2 + 1] = 1;
    }
    asked_.insert(asked_.end(), samples.begin(), samples.end());
    return {};
  }

  std::vector<int64_t> told_, asked_;
  int64_t epoch_ = -1;
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

}  // namespace
}  // namespace goldcrest::train
