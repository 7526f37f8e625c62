#include "pipeline/benchmark.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "formats/tflite/tflite.h"
#include "support/run_graph.h"
#include "support/temporary.h"

namespace goldcrest::pipeline {
namespace {

constexpr char kModel[] = R"(
  input %0 "x": float32[-1, 16, 16, 3]
  const %1 "w": float32[8, 3, 3, 3] = random(1)
  const %2 "d": float32[1, 3, 3, 8] = random(2)
  const %3 "p": float32[12, 1, 1, 8] = random(3)
  %4 "conv": float32[-1, 8, 8, 8] = conv2d(%0, %1) stride_h=2 stride_w=2 padding=same
  %5 "depthwise": float32[-1, 8, 8, 8] = depthwise_conv2d(%4, %2) padding=same activation=relu
  %6 "pointwise": float32[-1, 8, 8, 12] = conv2d(%5, %3)
  %7 "mean": float32[-1, 12] = mean(%6) axes=[1, 2]
  output %7)";

std::string WriteModel(const testing::TemporaryFolder& folder, const std::string& name) {
  auto bytes = formats::tflite::Write(testing::MustParse(kModel));
  return folder.Write(name, base::AsText(*bytes));
}

void Ignore(const BenchmarkProgress&) {}

TEST(Benchmark, RunsAsOftenAsAskedAndSaysWhatItMeasured) {
  testing::TemporaryFolder folder;
  std::string model = WriteModel(folder, "m.tflite");
  BenchmarkOptions options{
      .models = {model}, .threads = 2, .runs = 23, .least_seconds = 0, .warmup_seconds = 0};
  auto results = Benchmark(options, Ignore);
  ASSERT_TRUE(results) << results.error().ToString();
  ASSERT_EQ(results->size(), 1U);
  const ModelBenchmark& result = results->front();
  EXPECT_EQ(result.model, model);
  EXPECT_EQ(result.backend, "cpu");
  EXPECT_EQ(result.isa, base::NameOf(*base::AllowedIsa()));
  EXPECT_EQ(result.run_ms.count, 23U);
  EXPECT_GT(result.run_ms.min, 0);
  EXPECT_LE(result.run_ms.min, result.run_ms.median);
  EXPECT_LE(result.run_ms.median, result.run_ms.p90);
  EXPECT_LE(result.run_ms.p90, result.run_ms.max);
  EXPECT_GT(result.load_ms, 0);
  EXPECT_GT(result.first_run_ms, 0);
  EXPECT_GT(result.peak_rss_bytes, result.arena_bytes);
  EXPECT_EQ(result.arena_bytes, testing::MustPrepare(testing::MustParse(kModel)).arena_bytes());
  EXPECT_TRUE(result.steps.empty());
}

TEST(Benchmark, RunsAsLongAsAskedAndNoLonger) {
  testing::TemporaryFolder folder;
  std::string model = WriteModel(folder, "m.tflite");
  auto longer =
      Benchmark({.models = {model}, .runs = 1, .least_seconds = 0.05, .warmup_seconds = 0}, Ignore);
  ASSERT_TRUE(longer);
  EXPECT_GE(longer->front().run_ms.mean * static_cast<double>(longer->front().run_ms.count), 50);
  auto shorter = Benchmark({.models = {model},
                            .runs = 100000000,
                            .least_seconds = 0,
                            .most_seconds = 0.01,
                            .warmup_seconds = 0},
                           Ignore);
  ASSERT_TRUE(shorter);
  EXPECT_LT(shorter->front().run_ms.count, 100000000U);
}

TEST(Benchmark, SeveralModelsTakeTurns) {
  testing::TemporaryFolder folder;
  std::string a = WriteModel(folder, "a.tflite");
  std::string b = WriteModel(folder, "b.tflite");
  std::vector<std::string> doing;
  auto results =
      Benchmark({.models = {a, b}, .runs = 70, .least_seconds = 0.9, .warmup_seconds = 0},
                [&](const BenchmarkProgress& p) {
                  EXPECT_GE(p.share, 0);
                  EXPECT_LE(p.share, 1);
                  if (doing.empty() || doing.back() != p.doing) doing.push_back(p.doing);
                });
  ASSERT_TRUE(results);
  ASSERT_EQ(results->size(), 2U);
  EXPECT_EQ((*results)[0].model, a);
  EXPECT_EQ((*results)[1].model, b);
  for (const ModelBenchmark& result : *results) EXPECT_GE(result.run_ms.count, 70U);
  // Told every 0.1 s: either has had at least two turns.
  EXPECT_GE(std::ranges::count(doing, "running " + a), 2);
  EXPECT_GE(std::ranges::count(doing, "running " + b), 2);
}

TEST(Benchmark, ProfilesEveryStep) {
  testing::TemporaryFolder folder;
  auto results = Benchmark({.models = {WriteModel(folder, "m.tflite")},
                            .runs = 5,
                            .least_seconds = 0,
                            .warmup_seconds = 0,
                            .profile = true},
                           Ignore);
  ASSERT_TRUE(results);
  const std::vector<StepTime>& steps = results->front().steps;
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_EQ(steps[0].op, "conv2d");
  EXPECT_EQ(steps[1].name, "depthwise");
  EXPECT_EQ(steps[1].work.multiply_adds, 8 * 8 * 8 * 9);
  EXPECT_EQ(steps[1].work.bytes_read, 4 * (8 * 8 * 8 + 3 * 3 * 8 + 8));  // and a bias
  EXPECT_EQ(steps[1].work.bytes_written, 4 * 8 * 8 * 8);
  EXPECT_EQ(steps[1].work.factors, roofline::Factors::kFloat32);
  EXPECT_EQ(steps[2].work.multiply_adds, 8 * 8 * 8 * 12);
  EXPECT_EQ(steps[3].op, "mean");
  EXPECT_EQ(steps[3].work.multiply_adds, 0);
  EXPECT_TRUE(steps[3].limit.by_memory);
  double shares = 0;
  for (const StepTime& step : steps) {
    EXPECT_FALSE(step.kernel.empty());
    EXPECT_EQ(step.limit.seconds, roofline::LimitOf(results->front().roofline, step.work).seconds);
    EXPECT_GT(step.limit.seconds, 0);
    shares += step.share;
  }
  EXPECT_NEAR(shares, 1, 1e-9);
}

TEST(Benchmark, KnowsWhatEachStepMultiplies) {
  if (!tensor::Has(*base::AllowedIsa(), tensor::Precision::kBfloat16)) {
    GTEST_SKIP() << "this machine has no bfloat16";
  }
  testing::TemporaryFolder folder;
  auto results = Benchmark({.models = {WriteModel(folder, "m.tflite")},
                            .precision = tensor::Precision::kBfloat16,
                            .runs = 5,
                            .least_seconds = 0,
                            .warmup_seconds = 0,
                            .profile = true},
                           Ignore);
  ASSERT_TRUE(results);
  const std::vector<StepTime>& steps = results->front().steps;
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_EQ(steps[1].work.factors, roofline::Factors::kFloat32);  // depthwise
  EXPECT_EQ(steps[2].work.factors, roofline::Factors::kBfloat16);
  EXPECT_EQ(steps[2].work.bytes_read, 4 * 8 * 8 * 8 + 2 * (12 * 8 + 12));
}

TEST(Benchmark, RoundsOfSeveralModelsAreKeptApart) {
  testing::TemporaryFolder folder;
  auto results =
      Benchmark({.models = {WriteModel(folder, "a.tflite"), WriteModel(folder, "b.tflite")},
                 .runs = 20,
                 .least_seconds = 0,
                 .warmup_seconds = 0,
                 .rounds = 10,
                 .starts = 2,
                 .profile = true},
                Ignore);
  ASSERT_TRUE(results) << results.error().ToString();
  for (const ModelBenchmark& result : *results) {
    EXPECT_EQ(result.run_ms.count, 20U);
    ASSERT_EQ(result.round_medians_ms.size(), 10U);
    for (double median : result.round_medians_ms) {
      EXPECT_GE(median, result.run_ms.min);
      EXPECT_LE(median, result.run_ms.max);
    }
    ASSERT_EQ(result.steps.size(), 4U);
    for (const StepTime& step : result.steps) {
      EXPECT_EQ(step.round_medians_ms.size(), 10U);
      ASSERT_EQ(step.nodes.size(), 1U);
      const graph::Node& node = result.graph.nodes[static_cast<size_t>(step.nodes[0])];
      EXPECT_EQ(result.graph.NameOf(node), step.name);
    }
  }
}

TEST(Benchmark, AModelThatCannotRunSaysWhy) {
  testing::TemporaryFolder folder;
  std::string good = WriteModel(folder, "m.tflite");
  std::string bad = folder.Write("bad.tflite", "no model");
  auto results = Benchmark({.models = {good, bad}}, Ignore);
  ASSERT_FALSE(results);
  EXPECT_TRUE(results.error().ToString().starts_with("reading " + bad));
}

}  // namespace
}  // namespace goldcrest::pipeline
