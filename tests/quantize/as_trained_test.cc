// Integers that a model was trained for.
#include "quantize/as_trained.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "api/constants.h"
#include "graph/text.h"
#include "graph/verify.h"
#include "passes/passes.h"
#include "support/run_graph.h"

namespace goldcrest::quantize {
namespace {

using tensor::DType;
using tensor::Quantization;

constexpr EndTypes kBytes = {DType::kUInt8, DType::kUInt8};

// As convert does it.
Result<graph::Graph> Integers(const std::string& text, const TrainedOptions& options,
                              std::vector<std::string>* notes = nullptr) {
  graph::Graph graph = testing::MustParse(text);
  GOLDCREST_TRY(const WeightRanges weights, TakeWeightRanges(graph));
  EXPECT_TRUE(passes::Run(graph, {.evaluate = api::ConstantEvaluator(), .verify = true}));
  std::vector<std::string> ignored;
  return IntegersAsTrained(std::move(graph), weights, options, notes == nullptr ? ignored : *notes);
}

graph::Graph MustMake(const std::string& text, const TrainedOptions& options,
                      std::vector<std::string>* notes = nullptr) {
  auto made = Integers(text, options, notes);
  if (!made) {
    ADD_FAILURE() << made.error().ToString();
    return testing::MustParse("graph \"none\"\ninput %0 \"x\": float32[1]\noutput %0\n");
  }
  const Status verified = graph::Verify(*made);
  EXPECT_TRUE(verified) << verified.error().ToString();
  return std::move(*made);
}

void ExpectError(const std::string& text, const TrainedOptions& options, const std::string& part) {
  auto made = Integers(text, options);
  ASSERT_FALSE(made) << part;
  EXPECT_NE(made.error().ToString().find(part), std::string::npos) << made.error().ToString();
}

const graph::Value& Named(const graph::Graph& graph, std::string_view name) {
  const auto found = std::ranges::find(graph.values, name, &graph::Value::name);
  if (found == graph.values.end()) ADD_FAILURE() << "no " << name << "\n" << graph::ToText(graph);
  return found == graph.values.end() ? graph.values[0] : *found;
}

void ExpectParameters(const graph::Value& value, float scale, int64_t zero) {
  ASSERT_EQ(value.quantization.scale.size(), 1) << value.name;
  EXPECT_FLOAT_EQ(value.quantization.scale[0], scale) << value.name;
  EXPECT_EQ(value.quantization.zero_point[0], zero) << value.name;
}

std::string OperatorsOf(const graph::Graph& graph) {
  std::string names;
  for (const graph::Node& node : graph.nodes) {
    names += base::Cat(names.empty() ? "" : " ", graph::NameOf(node.op));
  }
  return names;
}

template <class Integer>
std::vector<int> ElementsOf(const graph::Value& value) {
  const std::span<const Integer> elements = value.constant->As<Integer>();
  return {elements.begin(), elements.end()};
}

// Scales of 1/128, 1/8 and 1/4.
constexpr char kDense[] = R"(graph "dense"
  input %0 "x": float32[1, 2]
  const %1 "x_low": float32[1] = {-1}
  const %2 "x_high": float32[1] = {0.9921875}
  const %3 "w": float32[2, 2] = {-0.99, 1.06, 31.9, 3.0625}
  const %4 "w_low": float32[1] = {-1.75}
  const %5 "w_high": float32[1] = {30}
  const %6 "b": float32[2] = {0.0029296875, -10}
  const %7 "y_low": float32[1] = {-32}
  const %8 "y_high": float32[1] = {31.75}
  %9 "x/rounded": float32[1, 2] = fake_quant(%0, %1, %2)
  %10 "w/rounded": float32[2, 2] = fake_quant(%3, %4, %5) narrow_range=true
  %11 "dense": float32[1, 2] = fully_connected(%9, %10, %6)
  %12 "y": float32[1, 2] = fake_quant(%11, %7, %8)
  output %12
)";

TEST(AsTrained, ParametersFollowFromRanges) {
  auto expect = [](const TrainedRange& range, DType dtype, double scale, int64_t zero) {
    const Quantization q = ScaleOf(range, dtype).parameters();
    EXPECT_FLOAT_EQ(q.scale[0], static_cast<float>(scale));
    EXPECT_EQ(q.zero_point[0], zero);
  };
  expect({-1, 0.9921875}, DType::kUInt8, 1.0 / 128, 128);
  expect({-1, 0.9921875}, DType::kInt8, 1.0 / 128, 0);
  // Of coral's MobileNet V1.
  expect({0, 5.9997616}, DType::kUInt8, 0.023528477177023888, 0);
  expect({-12.559952, 20.802422}, DType::kUInt8, 0.13083283603191376, 96);
  expect({-1.385656, 0.8704762, true}, DType::kUInt8, 0.008882409892976284, 157);
  // Zero is brought in.
  expect({2, 10}, DType::kUInt8, 10.0 / 255, 0);
  expect({-8, -2}, DType::kInt8, 8.0 / 255, 127);
  expect({-8, -2, true}, DType::kInt8, 8.0 / 254, 127);
  expect({0, 0}, DType::kUInt8, 1, 0);
}

TEST(AsTrained, ALayerByHand) {
  const graph::Graph graph = MustMake(kDense, {.dtype = DType::kUInt8, .ends = kBytes});
  EXPECT_EQ(OperatorsOf(graph), "fully_connected");
  ExpectParameters(graph.value(graph.inputs[0]), 1.0F / 128, 128);
  ExpectParameters(graph.value(graph.outputs[0]), 0.25F, 128);
  const graph::Value& weights = Named(graph, "w/rounded");
  ExpectParameters(weights, 0.125F, 15);
  // −0.99 is 7.92 steps below 15, 31.9 is beyond the range, 3.0625 half a step above 24.
  EXPECT_EQ(ElementsOf<uint8_t>(weights), (std::vector<int>{7, 23, 255, 40}));
  const graph::Value& bias = Named(graph, "b");
  ExpectParameters(bias, 1.0F / 1024, 0);
  EXPECT_EQ(ElementsOf<int32_t>(bias), (std::vector<int>{3, -10240}));
}

// Integers compute what the float graph does with its FakeQuant operators.
TEST(AsTrained, IntegersComputeWhatWasTrained) {
  graph::Graph trained = testing::MustParse(kDense);
  api::PrepareToRun(trained);
  runtime::Executor before = testing::MustPrepare(trained);
  runtime::Executor after = testing::MustPrepare(MustMake(
      kDense,
      {.dtype = DType::kUInt8, .ends = {.inputs = DType::kUInt8, .outputs = DType::kFloat32}}));
  for (int q = 0; q < 256; ++q) {
    const std::vector<uint8_t> bytes = {static_cast<uint8_t>(q), static_cast<uint8_t>(255 - q / 2)};
    for (size_t i = 0; i < 2; ++i) {
      before.input(0).As<float>()[i] = (static_cast<float>(bytes[i]) - 128) / 128;
      after.input(0).As<uint8_t>()[i] = bytes[i];
    }
    before.Run();
    after.Run();
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_NEAR(before.output(0).As<float>()[i], after.output(0).As<float>()[i], 1e-5) << q;
    }
  }
}

TEST(AsTrained, InputsAsStated) {
  TrainedOptions options{.dtype = DType::kUInt8, .ends = kBytes, .inputs = {{128, 128}}};
  ExpectParameters(Named(MustMake(kDense, options), "x"), 1.0F / 128, 128);
  options.inputs = {{127.5, 127.5}};
  ExpectError(kDense, options,
              "by --mean_values 127.5 and --std_dev_values 127.5 the input 'x' is -1 to 1, but "
              "'x/rounded' says that it was trained with -1 to 0.9921875; that is --mean_values "
              "128 --std_dev_values 128");
  options.inputs = {{128, 0}};
  ExpectError(kDense, options, "the deviation is to be positive");
  options.inputs = {{128, 128}, {0, 1}};
  ExpectError(kDense, options, "are of 2 inputs, the model has 1");
  options = {.dtype = DType::kInt8,
             .ends = {.inputs = DType::kFloat32, .outputs = DType::kInt8},
             .inputs = {{0, 128}}};
  const graph::Graph graph = MustMake(kDense, options);
  EXPECT_EQ(OperatorsOf(graph), "quantize fully_connected");
  EXPECT_EQ(graph.value(graph.inputs[0]).dtype, DType::kFloat32);
  ExpectParameters(Named(graph, "x_int8"), 1.0F / 128, 0);
}

TEST(AsTrained, Int8HasSymmetricWeights) {
  std::vector<std::string> notes;
  const graph::Graph graph =
      MustMake(kDense, {.dtype = DType::kInt8, .ends = {DType::kInt8, DType::kInt8}}, &notes);
  const graph::Value& weights = Named(graph, "w/rounded");
  ExpectParameters(weights, 30.0F / 127, 0);
  EXPECT_EQ(ElementsOf<int8_t>(weights), (std::vector<int>{-4, 4, 127, 13}));
  ASSERT_EQ(notes.size(), 1);
  EXPECT_NE(notes[0].find("'w/rounded' is not symmetric"), std::string::npos) << notes[0];
}

// Ranges that are said once hold for all that only moves elements.
TEST(AsTrained, RangesGoAlong) {
  const graph::Graph graph = MustMake(R"(graph "moves"
  input %0 "x": float32[1, 4, 4, 2]
  const %1 "low": float32[1] = {-1}
  const %2 "high": float32[1] = {1.55}
  const %3 "narrow": float32[1] = {-0.5}
  %4 "pool": float32[1, 2, 2, 2] = max_pool2d(%0) filter_h=2 filter_w=2 stride_h=2 stride_w=2
  %5 "said": float32[1, 2, 2, 2] = fake_quant(%4, %1, %2)
  %6 "pad": float32[1, 4, 2, 2] = pad(%5) before=[0, 1, 0, 0] after=[0, 1, 0, 0]
  %7 "mean": float32[1, 2] = mean(%6) axes=[1, 2]
  %8 "softmax": float32[1, 2] = softmax(%7)
  %9 "again": float32[1, 2] = fake_quant(%8, %3, %2)
  %10 "closer": float32[1, 2] = fake_quant(%7, %3, %2)
  output %9
  output %10
)",
                                      {.dtype = DType::kUInt8, .ends = kBytes});
  EXPECT_EQ(OperatorsOf(graph), "max_pool2d pad mean softmax");
  for (const char* name : {"x", "pool", "pad"}) ExpectParameters(Named(graph, name), 0.01F, 100);
  // Said by the operator behind it.
  ExpectParameters(Named(graph, "mean"), 2.05F / 255, 62);
  ExpectParameters(Named(graph, "softmax"), 1.0F / 256, 0);
}

TEST(AsTrained, PartsOfConcatenationsKeepTheirRanges) {
  constexpr char kText[] = R"(graph "beside"
  input %0 "x": float32[1, 2]
  input %1 "y": float32[1, 2]
  const %2 "low": float32[1] = {-1}
  const %3 "high": float32[1] = {1.55}
  const %4 "zero": float32[1] = {0}
  const %5 "large": float32[1] = {4.1}
  %6 "a": float32[1, 2] = fake_quant(%0, %2, %3)
  %7 "b": float32[1, 2] = fake_quant(%1, %4, %5)
  %8 "both": float32[1, 4] = concatenation(%6, %7) axis=1
)";
  const std::string whole = std::string(kText) + "  output %8\n";
  const graph::Graph graph = MustMake(whole, {.dtype = DType::kUInt8, .ends = kBytes});
  EXPECT_EQ(OperatorsOf(graph), "quantize quantize concatenation");
  ExpectParameters(Named(graph, "x"), 0.01F, 100);
  ExpectParameters(Named(graph, "y"), 4.1F / 255, 0);
  ExpectParameters(Named(graph, "both"), 0.02F, 50);
  // The range of the whole is said: that of one part.
  const graph::Graph said = MustMake(
      std::string(kText) + "  %9 \"c\": float32[1, 4] = fake_quant(%8, %2, %3)\n  output %9\n",
      {.dtype = DType::kUInt8, .ends = kBytes});
  EXPECT_EQ(OperatorsOf(said), "quantize concatenation");
  ExpectParameters(Named(said, "both"), 0.01F, 100);
  ExpectParameters(Named(said, "both/part_1"), 0.01F, 100);
}

TEST(AsTrained, OperandsOfAMaximumKeepTheirRanges) {
  const graph::Graph graph = MustMake(R"(graph "larger"
  input %0 "x": float32[1, 2]
  const %2 "low": float32[1] = {-1}
  const %3 "high": float32[1] = {1.55}
  const %4 "zero": float32[1] = {0}
  const %5 "large": float32[1] = {4.1}
  %6 "a": float32[1, 2] = fake_quant(%0, %2, %3)
  %9 "swish": float32[1, 2] = hard_swish(%6)
  %7 "b": float32[1, 2] = fake_quant(%9, %4, %5)
  %8 "larger": float32[1, 2] = maximum(%6, %7)
  output %8
)",
                                      {.dtype = DType::kUInt8, .ends = kBytes});
  EXPECT_EQ(OperatorsOf(graph), "hard_swish quantize quantize maximum");
  ExpectParameters(Named(graph, "x"), 0.01F, 100);
  ExpectParameters(Named(graph, "swish"), 4.1F / 255, 0);
  ExpectParameters(Named(graph, "larger"), 0.02F, 50);
}

constexpr char kUnknown[] = R"(graph "unknown"
  input %0 "x": float32[1, 2]
  const %1 "w": float32[2, 2] = {-1.27, 0, 0, 1}
  %2 "a": float32[1, 2] = fully_connected(%0, %1)
  %3 "b": float32[1, 2] = hard_swish(%2)
  output %3
)";

TEST(AsTrained, WhatHasNoRange) {
  TrainedOptions options{.dtype = DType::kUInt8, .ends = kBytes};
  ExpectError(kUnknown, options,
              "the input 'x' (and 2 more) has no range, for no FakeQuant was trained behind it; "
              "state --mean_values");
  options.inputs = {{0, 255}};
  ExpectError(kUnknown, options, "the value 'a' (and 1 more) has no range");
  options.default_range = Range{-2, 2};
  std::vector<std::string> notes;
  const graph::Graph graph = MustMake(kUnknown, options, &notes);
  ExpectParameters(Named(graph, "x"), 1.0F / 255, 0);
  for (const char* name : {"a", "b"}) ExpectParameters(Named(graph, name), 4.0F / 255, 128);
  ASSERT_EQ(notes.size(), 1);
  EXPECT_NE(notes[0].find("the weights 'w' have no FakeQuant"), std::string::npos) << notes[0];
}

TEST(AsTrained, OtherBitsAreRefused) {
  for (const char* bits : {"4", "16"}) {
    std::string text = kDense;
    text.replace(text.find(" narrow_range=true"), 0, base::Cat(" bits=", bits));
    ExpectError(text, {.dtype = DType::kUInt8, .ends = kBytes},
                base::Cat("'w/rounded' was trained for integers of ", bits, " bits"));
    text = kDense;
    text.replace(text.find("%8)\n") + 3, 0, base::Cat(" bits=", bits));
    ExpectError(text, {.dtype = DType::kUInt8, .ends = kBytes},
                base::Cat("'y' was trained for integers of ", bits, " bits"));
  }
}

// A batch normalization behind the layer halves one channel, and turns and doubles the other.
constexpr char kChannels[] = R"(graph "channels"
  input %0 "x": float32[1, 1, 1, 2]
  const %1 "w": float32[2, 1, 1, 2] = {1.27, -0.5, 0.635, 0.3}
  const %2 "w_low": float32[2] = {-1.27, -0.635}
  const %3 "w_high": float32[2] = {1.27, 0.635}
  const %4 "gamma": float32[2] = {0.5, -2}
  const %5 "zero": float32[2] = {0, 0}
  const %6 "one": float32[2] = {1, 1}
  const %7 "low": float32[1] = {-2.55}
  const %8 "high": float32[1] = {0}
  %9 "x/rounded": float32[1, 1, 1, 2] = fake_quant(%0, %7, %8)
  %10 "w/rounded": float32[2, 1, 1, 2] = fake_quant(%1, %2, %3) narrow_range=true
  %11 "conv": float32[1, 1, 1, 2] = conv2d(%9, %10)
  %12 "bn": float32[1, 1, 1, 2] = batch_norm(%11, %4, %5, %5, %6) epsilon=0
  %13 "y": float32[1, 1, 1, 2] = fake_quant(%12, %7, %8)
  output %13
)";

TEST(AsTrained, RangesOfChannelsGoWithWhatIsFoldedIn) {
  const TrainedOptions options{.dtype = DType::kInt8, .ends = {DType::kInt8, DType::kInt8}};
  const graph::Graph graph = MustMake(kChannels, options);
  EXPECT_EQ(OperatorsOf(graph), "conv2d");
  const graph::Value& weights = Named(graph, "w/rounded");
  ASSERT_EQ(weights.quantization.scale.size(), 2);
  EXPECT_FLOAT_EQ(weights.quantization.scale[0], 0.005F);
  EXPECT_FLOAT_EQ(weights.quantization.scale[1], 0.01F);
  EXPECT_EQ(ElementsOf<int8_t>(weights), (std::vector<int>{127, -50, -127, -60}));
  ExpectError(kChannels, {.dtype = DType::kUInt8, .ends = kBytes},
              "have a range for each channel, uint8 has one for all; give --inference_type INT8");
  std::string text = kChannels;
  text.replace(text.find("%3) narrow_range=true") + 21, 0, " axis=3");
  ExpectError(text, options, "have 2 ranges along dimension 3, not one for each output channel");
  text = kChannels;
  text.replace(text.find("%12, %7, %8)"), 12, "%12, %2, %3) axis=3");
  ExpectError(text, options, "'y' has 2 ranges; what is no weight can have one");
}

TEST(AsTrained, WeightsThatAreNoLongerTheTrainedOnes) {
  graph::Graph graph = testing::MustParse(kDense);
  auto weights = TakeWeightRanges(graph);
  ASSERT_TRUE(weights);
  std::vector<float> changed(graph.value(10).constant->As<float>().begin(),
                             graph.value(10).constant->As<float>().end());
  changed[0] *= 2;
  graph.value(10).constant = tensor::SharedBytes::Copy<float>(changed);
  std::vector<std::string> notes;
  const auto made =
      IntegersAsTrained(graph, *weights, {.dtype = DType::kUInt8, .ends = kBytes}, notes);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().ToString().find("has been folded into them"), std::string::npos);
}

}  // namespace
}  // namespace goldcrest::quantize
