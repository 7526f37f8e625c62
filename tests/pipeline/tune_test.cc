#include "pipeline/tune.h"

#include <gtest/gtest.h>

#include <map>

#include "base/file.h"
#include "formats/tflite/tflite.h"
#include "pipeline/kernel_tables.h"
#include "support/run_graph.h"
#include "support/temporary.h"

namespace goldcrest::pipeline {
namespace {

RowRounds Rounds(const std::string& kernel, std::vector<double> us) { return {kernel, us}; }

// The same as `us`, restlessly.
std::vector<double> Restless(double us, double by) {
  std::vector<double> rounds;
  for (int i = 0; i < 15; ++i) rounds.push_back(us * (1 + by * ((i * 7) % 15 - 7) / 7));
  return rounds;
}

TEST(FastestKernel, IsTheRuleUnlessAnotherIsFasterBeyondTheNoise) {
  const RowRounds rule = Rounds("rule", std::vector<double>(15, 10));
  const auto against = [&](const std::vector<double>& us) {
    return FastestKernel(std::vector{rule, Rounds("other", us)});
  };
  EXPECT_EQ(FastestKernel(std::vector{rule}), "rule");
  EXPECT_EQ(against(std::vector<double>(15, 9)), "other");
  EXPECT_EQ(against(std::vector<double>(15, 11)), "rule");
  EXPECT_EQ(against(std::vector<double>(15, 9.9)), "rule");  // within what placement explains
  EXPECT_EQ(against(Restless(9, 0.01)), "other");
  EXPECT_EQ(against(Restless(9, 0.3)), "rule");           // nobody knows
  EXPECT_EQ(against(std::vector<double>(3, 1)), "rule");  // too few rounds
  EXPECT_EQ(against({}), "rule");
  EXPECT_EQ(FastestKernel(std::vector{rule, Rounds("b", std::vector<double>(15, 8)),
                                      Rounds("a", std::vector<double>(15, 7)),
                                      Rounds("c", std::vector<double>(15, 7.5))}),
            "a");
}

constexpr char kIntegerModel[] = R"(
  input %0 "x": int8[1, 9, 9, 16] scale=0.05 zero_point=-3
  const %1 "w": int8[32, 1, 1, 16] scale=0.01 zero_point=0 = random(1)
  const %2 "d": int8[1, 3, 3, 32] scale=0.02 zero_point=0 = random(2)
  const %5 "v": int8[32, 1, 1, 32] scale=0.01 zero_point=0 = random(3)
  %3 "a": int8[1, 9, 9, 32] scale=0.05 zero_point=5 = conv2d(%0, %1)
  %4 "b": int8[1, 9, 9, 32] scale=0.06 zero_point=5 = depthwise_conv2d(%3, %2) padding=same
  %6 "c": int8[1, 9, 9, 32] scale=0.06 zero_point=5 = conv2d(%4, %5)
  %7 "e": int8[1, 9, 9, 32] scale=0.06 zero_point=5 = conv2d(%6, %5)
  output %7)";
constexpr char kLargeModel[] = R"(
  input %0 "x": float32[1, 112, 112, 8]
  const %1 "w": float32[40, 1, 1, 8] = random(1)
  const %2 "v": float32[8, 1, 1, 40] = random(2)
  %3 "wide": float32[1, 112, 112, 40] = conv2d(%0, %1)
  %4 "narrow": float32[1, 112, 112, 8] = conv2d(%3, %2)
  output %4)";

// A machine on which a step takes what its kernel costs.
class ImaginedMachine {
 public:
  void Costs(const std::string& kernel, int64_t nanoseconds) { costs_[kernel] = nanoseconds; }
  void WithoutBandsTakes(double share) { without_bands_ = share; }
  void WholeRunsIgnoreKernels() { whole_runs_alike_ = true; }

  TuningMeter Meter() const {
    return {.steps = [this](api::Session& session,
                            std::span<int64_t> nanoseconds) { Steps(session, nanoseconds); },
            .whole = [this](api::Session& session) { return Whole(session); }};
  }

 private:
  int64_t CostOf(const std::string& kernel) const {
    const auto found = costs_.find(kernel);
    return found == costs_.end() ? 1000000 : found->second;
  }
  void Steps(api::Session& session, std::span<int64_t> nanoseconds) const {
    for (size_t i = 0; i < nanoseconds.size(); ++i) {
      nanoseconds[i] = CostOf(session.executor().step(i).kernel);
    }
  }
  double Whole(api::Session& session) const {
    double ms = 0;
    for (size_t i = 0; i < session.executor().step_count(); ++i) {
      ms += whole_runs_alike_
                ? 1
                : static_cast<double>(CostOf(session.executor().step(i).kernel)) / 1e6;
    }
    const bool bands = session.executor().bands().size() < session.executor().step_count();
    return bands ? ms : ms * without_bands_;
  }

  std::map<std::string, int64_t> costs_;
  double without_bands_ = 1;
  bool whole_runs_alike_ = false;
};

class Tuner : public ::testing::Test {
 protected:
  TuningFile Tuned(const char* model, const ImaginedMachine& machine) {
    auto bytes = formats::tflite::Write(testing::MustParse(model));
    const std::string path = folder_.Write("m.tflite", base::AsText(*bytes));
    auto file = Tune({.models = {path}}, machine.Meter(), [](const auto&) {});
    EXPECT_TRUE(file) << file.error().ToString();
    return file ? *std::move(file) : TuningFile();
  }

  // The last row of the rule's table that this machine runs, which refuses least; "" where that is
  // the rule's.
  static std::string OtherThan(const std::string& rule) {
    std::string last;
    for (const KernelRow& row : KernelTableWith(rule)) {
      if (row.isa == base::Isa::kScalar || !base::Covers(*base::AllowedIsa(), row.isa)) continue;
      last = row.name;
    }
    return last == rule ? "" : last;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(Tuner, TakesTheRowThatIsFaster) {
  const TuningFile rule = Tuned(kIntegerModel, {});
  if (rule.layers.empty()) GTEST_SKIP() << "this machine has one row of each table";
  for (const TunedLayer& layer : rule.layers) EXPECT_EQ(layer.kernel, layer.standard);
  EXPECT_TRUE(rule.bands);
  EXPECT_EQ(rule.default_ms, 4);
  EXPECT_EQ(rule.tuned_ms, 4);

  const std::string before = rule.layers[0].standard;
  const std::string other = OtherThan(before);
  if (!before.starts_with("quantized_conv")) GTEST_SKIP() << "it has one row of convolutions";
  ASSERT_NE(other, "");
  ImaginedMachine machine;
  machine.Costs(other, 500000);
  const TuningFile tuned = Tuned(kIntegerModel, machine);
  int changed = 0;
  for (const TunedLayer& layer : tuned.layers) {
    const bool convolution = layer.standard == before;
    EXPECT_EQ(layer.kernel, convolution ? other : layer.standard) << layer.layer;
    if (!convolution) continue;
    changed += static_cast<int>(layer.steps);
    EXPECT_EQ(layer.row_us.front().first, other);
    EXPECT_EQ(layer.row_us.front().second, 500.0 * static_cast<double>(layer.steps));
  }
  EXPECT_EQ(changed, 3);
  EXPECT_EQ(tuned.layers.back().steps, 2);  // "c" and "e" are alike
  EXPECT_EQ(tuned.default_ms, 4);
  EXPECT_EQ(tuned.tuned_ms, 2.5);
}

TEST_F(Tuner, KeepsTheRuleWhereWholeRunsAreNoFaster) {
  const TuningFile rule = Tuned(kIntegerModel, {});
  if (rule.layers.empty()) GTEST_SKIP() << "this machine has one row of each table";
  ImaginedMachine machine;
  machine.Costs(OtherThan(rule.layers[0].standard), 500000);
  machine.WholeRunsIgnoreKernels();
  const TuningFile tuned = Tuned(kIntegerModel, machine);
  for (const TunedLayer& layer : tuned.layers) EXPECT_EQ(layer.kernel, layer.standard);
  EXPECT_EQ(tuned.layers[0].row_us.front().second, 500);  // it is told all the same
}

TEST_F(Tuner, GivesBandsUpWhereTheyCostTime) {
  ImaginedMachine machine;
  EXPECT_TRUE(Tuned(kLargeModel, machine).bands);
  machine.WithoutBandsTakes(0.99);
  EXPECT_TRUE(Tuned(kLargeModel, machine).bands);
  machine.WithoutBandsTakes(0.8);
  const TuningFile tuned = Tuned(kLargeModel, machine);
  EXPECT_FALSE(tuned.bands);
  EXPECT_NEAR(tuned.tuned_ms, tuned.default_ms * 0.8, 1e-9);
}

TEST_F(Tuner, SaysWhatItWasMadeFor) {
  const TuningFile file = Tuned(kIntegerModel, {});
  const auto now = TunedForThis(1, tensor::Arithmetic::kXnnpack, tensor::Precision::kFloat32);
  ASSERT_TRUE(now);
  EXPECT_EQ(file.made_for, *now);
  EXPECT_NE(now->processor, "");
}

}  // namespace
}  // namespace goldcrest::pipeline
