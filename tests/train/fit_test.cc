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
                         .interrupted = [] { return false; }};
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

}  // namespace
}  // namespace goldcrest::train
