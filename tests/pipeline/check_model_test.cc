#include "pipeline/check_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "support/run_graph.h"
#include "support/shared.h"

namespace goldcrest::pipeline {
namespace {

using testing::MustParse;

constexpr std::array kEngines = {Engine::kTflite,   Engine::kTfliteMicro, Engine::kEdgeTpu,
                                 Engine::kTensorRt, Engine::kOpenVino,    Engine::kOnnxRuntime};

// "conv2d ok", "hard_swish falls back".
std::string TextOf(const CheckReport& report) {
  std::string text;
  for (const CheckedOperator& each : report.operators) {
    text += base::Cat(each.op, " ", NameOf(each.finding.verdict), "\n");
  }
  if (report.model) text += base::Cat("model: ", report.model->reason, "\n");
  return text;
}

template <size_t... kIndices>
std::vector<std::string_view> AllOperators(std::index_sequence<kIndices...>) {
  return {std::variant_alternative_t<kIndices, graph::Op>::kName...};
}

TEST(CheckModel, EveryEngineHasARuleForEveryOperatorAndForNoOther) {
  const std::vector<std::string_view> all =
      AllOperators(std::make_index_sequence<std::variant_size_v<graph::Op>>());
  for (Engine engine : kEngines) {
    const EngineRules& rules = RulesOf(engine);
    for (std::string_view op : all) {
      EXPECT_EQ(std::ranges::count(rules.operators, op, &OperatorRule::op), 1)
          << NameOf(engine) << " " << op;
    }
    EXPECT_EQ(rules.operators.size(), all.size()) << NameOf(engine);
    EXPECT_TRUE(rules.operators_source.starts_with("https://"));
    EXPECT_TRUE(rules.types_source.starts_with("https://"));
    EXPECT_EQ(*ParseEngine(NameOf(engine)), engine);
  }
  EXPECT_NE(ParseEngine("coral").error().message.find("tflite-micro, edgetpu"), std::string::npos);
}

constexpr char kInt8[] = R"(graph "int8"
  input %0 "x": int8[1, 4, 4, 2] scale=0.5 zero_point=-1
  const %1 "w": int8[2, 1, 1, 2] scale=[0.5, 0.25] axis=0 = {1, 2, 3, 4}
  const %2 "f": int8[3, 2] scale=[0.5, 0.25, 1] axis=0 = {1, 2, 3, 4, 5, 6}
  %3 "y": int8[1, 4, 4, 2] scale=0.5 zero_point=-1 = conv2d(%0, %1)
  %4 "swish": int8[1, 4, 4, 2] scale=0.5 zero_point=-1 = hard_swish(%3)
  %5 "mean": int8[1, 2] scale=0.5 zero_point=-1 = mean(%4) axes=[1, 2]
  %6 "dense": int8[1, 3] scale=0.5 zero_point=-1 = fully_connected(%5, %2)
  %7 "soft": int8[1, 3] scale=0.00390625 zero_point=-128 = softmax(%6)
  %8 "scores": float32[1, 3] = dequantize(%7)
  output %8
)";

TEST(CheckModel, IntegersAreWhatEachEngineMakesOfThem) {
  const graph::Graph graph = MustParse(kInt8);
  EXPECT_EQ(TextOf(CheckGraph(graph, Engine::kTflite)),
            "conv2d ok\nhard_swish ok\nmean ok\nfully_connected ok\nsoftmax ok\ndequantize ok\n");
  EXPECT_EQ(TextOf(CheckGraph(graph, Engine::kTfliteMicro)),
            "conv2d ok\nhard_swish ok\nmean ok\nfully_connected ok\nsoftmax ok\ndequantize ok\n");
  EXPECT_EQ(TextOf(CheckGraph(graph, Engine::kOnnxRuntime)),
            "conv2d ok\nhard_swish falls back\nmean ok\nfully_connected ok\nsoftmax ok\n"
            "dequantize ok\n");
  EXPECT_EQ(TextOf(CheckGraph(graph, Engine::kOpenVino)),
            "conv2d ok\nhard_swish ok\nmean ok\nfully_connected ok\nsoftmax falls back\n"
            "dequantize ok\n");
}

// Only the beginning of a model runs there.
TEST(CheckModel, WhatComesBehindTheEdgeTpuStaysOnTheProcessor) {
  const CheckReport report = CheckGraph(MustParse(kInt8), Engine::kEdgeTpu);
  EXPECT_EQ(TextOf(report),
            "conv2d ok\nhard_swish falls back\nmean falls back\nfully_connected falls back\n"
            "softmax falls back\ndequantize falls back\n");
  EXPECT_EQ(report.operators[2].finding.reason,
            "computed by the processor, for it comes after 'swish'");
  EXPECT_FALSE(report.all_taken());
  EXPECT_EQ(report.Count(Verdict::kTaken), 1);
}

TEST(CheckModel, LimitsAreSaidWithTheirReason) {
  auto reasons = [](const std::string& text, Engine engine) {
    const CheckReport report = CheckGraph(MustParse(text), engine);
    std::string all = report.model ? report.model->reason : "";
    for (const CheckedOperator& each : report.operators) all += each.finding.reason + "\n";
    return all;
  };
  auto expect = [](const std::string& all, const std::string& part) {
    EXPECT_NE(all.find(part), std::string::npos) << all;
  };
  expect(
      reasons(R"(graph "strange"
  input %0 "x": uint8[2, 5, 5, 2] scale=0.5 zero_point=1
  const %1 "w": uint8[2, 3, 3, 2] scale=0.5 zero_point=3 = random(1)
  %2 "dilated": uint8[2, 3, 1, 2] scale=0.5 zero_point=1 = conv2d(%0, %1) dilation_w=2
  %3 "pool": uint8[2, 2, 1, 2] scale=0.5 zero_point=1 = max_pool2d(%2) filter_h=2 activation=relu
  %4 "pad": uint8[3, 2, 1, 2] scale=0.5 zero_point=1 = pad(%3) before=[1, 0, 0, 0] after=[0, 0, 0, 0]
  %5 "soft": uint8[3, 2, 1, 2] scale=0.00390625 zero_point=0 = softmax(%4)
  output %5
)",
              Engine::kEdgeTpu),
      "dilation must be the same in both directions\npools with an activation are not mapped\n"
      "the batch cannot be padded\na softmax is mapped over one vector of at most 16000 elements");
  expect(reasons(R"(graph "floats"
  input %0 "x": float32[-1, 4]
  const %1 "w": int8[2, 4] scale=[0.5, 0.25] axis=0 = random(1)
  %2 "y": float32[-1, 2] = fully_connected(%0, %1)
  output %2
)",
                 Engine::kTfliteMicro),
         "sizes must be known, and the input 'x' is [-1, 4]is there for float32, int8, int16");
  expect(reasons(kInt8, Engine::kTensorRt), "TensorRT takes no zero points");
  expect(reasons(R"(graph "wide"
  input %0 "x": int16[1, 2] scale=0.5
  %1 "y": int16[1, 2] scale=0.5 = tanh(%0)
  output %1
)",
                 Engine::kTensorRt),
         "is there for float32, int8");
  expect(reasons(R"(graph "shape"
  input %0 "x": float32[1, 2]
  %1 "s": int32[2] = shape(%0)
  output %1
)",
                 Engine::kOnnxRuntime),
         "shapes that are computed are not written as ONNX");
}

TEST(CheckModel, FilesAreCheckedAsTheyAreOrAsTheyWouldBeWritten) {
  REQUIRE_SHARED();
  auto check = [](const char* name, Engine engine) {
    auto report =
        CheckModel({.model = testing::SharedFile(std::string("models/") + name), .engine = engine});
    EXPECT_TRUE(report) << (report ? "" : report.error().ToString());
    return report ? *report : CheckReport{};
  };
  // Made for it.
  const CheckReport coral = check("mobilenet_v1_0.25_128_quant.tflite", Engine::kEdgeTpu);
  EXPECT_TRUE(coral.all_taken()) << TextOf(coral);
  EXPECT_FALSE(coral.converted);
  EXPECT_TRUE(check("person_detect.tflite", Engine::kTfliteMicro).all_taken());
  const CheckReport keras = check("keras_mobilenet_v1_025_224.h5", Engine::kEdgeTpu);
  EXPECT_TRUE(keras.converted);
  ASSERT_TRUE(keras.model);
  EXPECT_NE(keras.model->reason.find("sizes must be known"), std::string::npos);
  EXPECT_TRUE(check("keras_mobilenet_v1_025_224.h5", Engine::kTensorRt).all_taken());
  // Of the hybrid layers only those with integer weights are refused.
  const CheckReport dynamic =
      check("keras_mobilenet_v1_025_224.dynamic.tf.tflite", Engine::kTfliteMicro);
  EXPECT_GT(dynamic.Count(Verdict::kRefused), 0);
  EXPECT_GT(dynamic.Count(Verdict::kTaken), 0);
}

}  // namespace
}  // namespace goldcrest::pipeline
