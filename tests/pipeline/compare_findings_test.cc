// What is said of given measurements.
#include "pipeline/compare_findings.h"

#include <gtest/gtest.h>

namespace goldcrest::pipeline {
namespace {

Layer ConvLayer(double ms) {
  return {.name = "conv",
          .op = "conv2d",
          .kernel = "fast",
          .shape = {1, 8, 8, 256},
          .weights = "1 x 1, 128 → 256",
          .weight_type = "float32",
          .parameters = 33024,
          .weight_bytes = 132096,
          .multiply_adds = 2097152,
          .median_ms = ms};
}

Layer DenseLayer(const std::string& name, int64_t inputs, int64_t units, double ms) {
  return {.name = name,
          .op = "fully_connected",
          .kernel = "fast",
          .shape = {1, units},
          .weights = base::Cat(inputs, " → ", units),
          .weight_type = "float32",
          .parameters = (inputs + 1) * units,
          .weight_bytes = static_cast<uint64_t>(4 * (inputs + 1) * units),
          .multiply_adds = inputs * units,
          .median_ms = ms};
}

ComparedModel Model(std::vector<Layer> layers) {
  ComparedModel model;
  for (const Layer& layer : layers) {
    model.parameters += layer.parameters;
    model.weight_bytes += layer.weight_bytes;
    model.multiply_adds += layer.multiply_adds;
  }
  model.layers = std::move(layers);
  return model;
}

// Of the layers of these places; a speed is slower where the time is more.
LayerDifference Pair(const CompareReport& report, std::optional<size_t> before,
                     std::optional<size_t> after) {
  const Layer a = before ? report.before.layers[*before] : Layer{};
  const Layer b = after ? report.after.layers[*after] : Layer{};
  LayerDifference pair{
      .before = before,
      .after = after,
      .ms = b.median_ms - a.median_ms,
      .parameters = b.parameters - a.parameters,
      .weight_bytes = static_cast<int64_t>(b.weight_bytes) - static_cast<int64_t>(a.weight_bytes),
      .multiply_adds = b.multiply_adds - a.multiply_adds};
  pair.speed.verdict = pair.ms > 0 ? SpeedVerdict::kSlower : SpeedVerdict::kNoDifference;
  return pair;
}

TEST(CompareFindings, ADenseHeadIsWhatItIs) {
  CompareReport report{.before = Model({ConvLayer(0.6), DenseLayer("logits", 256, 2, 0.01)}),
                       .after = Model({ConvLayer(0.6), DenseLayer("dense", 256, 1024, 0.09),
                                       DenseLayer("logits", 1024, 2, 0.06)})};
  report.layers = {Pair(report, std::nullopt, 1), Pair(report, 1, 2), Pair(report, 0, 0)};
  const std::vector<CostFinding> findings = FindCosts(report);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].text,
            "dense (fully_connected, 256 → 1024; new) adds 0.26 M parameters, 1.0 MB, "
            "0.26 M multiply-adds, 0.0900 ms: 12 % of the time, 88 % of the weights, 11 % of the "
            "multiply-adds of the whole");
  EXPECT_EQ(findings[0].remedy,
            "a head without a hidden layer (train without --head) costs none of this, a narrower "
            "one (--head dense:128) 12.5 % of it");
  EXPECT_TRUE(findings[1].text.starts_with(
      "logits (fully_connected, 1024 → 2; before 256 → 2) adds 1536 parameters, 6.0 KB, "))
      << findings[1].text;
}

TEST(CompareFindings, LayersWithOneRemedyAreToldTogether) {
  Layer before = ConvLayer(0.2);
  before.weight_type = "int8";
  before.weight_bytes /= 4;
  Layer after = ConvLayer(0.5);
  CompareReport report{.before = Model({before, before, before, before}),
                       .after = Model({after, after, after, after})};
  for (size_t i = 0; i < 4; ++i) report.layers.push_back(Pair(report, i, i));
  const std::vector<CostFinding> findings = FindCosts(report);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(findings[0].text.starts_with(
      "4 layers add 387.0 KB, 1.200 ms: 60 % of the time, 75 % of the weights of the whole"))
      << findings[0].text;
  EXPECT_EQ(findings[0].remedy,
            "weights are float32 instead of int8: goldcrest quantize makes them smaller");
}

TEST(CompareFindings, WhatNoiseAccountsForAndWhatIsSmallIsNotTold) {
  CompareReport report{.before = Model({ConvLayer(0.5), DenseLayer("logits", 256, 2, 0.01)}),
                       .after = Model({ConvLayer(0.7), DenseLayer("logits", 256, 3, 0.01)})};
  report.layers = {Pair(report, 0, 0), Pair(report, 1, 1)};
  report.layers[0].speed.verdict = SpeedVerdict::kNoDifference;
  EXPECT_TRUE(FindCosts(report).empty());
  // The same difference, if it is one.
  report.layers[0].speed.verdict = SpeedVerdict::kSlower;
  report.after.layers[0].kernel = "slow";
  const std::vector<CostFinding> findings = FindCosts(report);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].text,
            "conv (conv2d, 1 x 1, 128 → 256) adds 0.200 ms: 28 % of the time of the whole");
  EXPECT_EQ(findings[0].remedy,
            "the kernel is slow instead of fast: goldcrest inspect --explain says why");
}

}  // namespace
}  // namespace goldcrest::pipeline
