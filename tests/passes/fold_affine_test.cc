#include <gtest/gtest.h>

#include "graph/infer.h"
#include "passes/pass_testing.h"
#include "passes/passes.h"

namespace goldcrest::passes {
namespace {

using testing::After;
using testing::AfterWithConstants;
using testing::ExpectSameOutputs;
using testing::Replaced;

const testing::Rewrite kFoldBatchNorm = testing::Limited(FoldBatchNorm);
const testing::Rewrite kFoldScale = testing::Limited(FoldScale);

constexpr char kNorm[] = R"(
  input %0 "x": float32[1, 6, 6, 3]
  const %1 "w": float32[4, 3, 3, 3] = random(1)
  const %2 "b": float32[4] = random(2)
  const %3 "gamma": float32[4] = {1, 2, -0.5, 0}
  const %4 "beta": float32[4] = random(3)
  const %5 "mean": float32[4] = random(4)
  const %6 "variance": float32[4] = {1, 0.5, 0.1, 2}
)";

TEST(FoldBatchNorm, IntoConvolutionWithAndWithoutBias) {
  for (const char* operands : {"%0, %1, %2", "%0, %1"}) {
    std::string text =
        std::string(kNorm) + "%7 \"c\": float32[1, 4, 4, 4] = conv2d(" + operands + R"()
      %8 "n": float32[1, 4, 4, 4] = batch_norm(%7, %3, %4, %5, %6)
      output %8)";
    EXPECT_EQ(After(kFoldBatchNorm, text), "%1 \"n\": float32[1, 4, 4, 4] = conv2d(%0, %2, %3)\n");
    ExpectSameOutputs(kFoldBatchNorm, text);
  }
}

TEST(FoldBatchNorm, IntoDepthwiseAndDense) {
  ExpectSameOutputs(kFoldBatchNorm, std::string(kNorm) + R"(
    const %9 "d": float32[1, 2, 2, 6] = random(7)
    const %10 "v": float32[6] = {1, 2, 3, 4, 5, 6}
    %7 "c": float32[1, 5, 5, 6] = depthwise_conv2d(%0, %9)
    %8 "n": float32[1, 5, 5, 6] = batch_norm(%7, %10, %10, %10, %10)
    output %8)");
  std::string dense = R"(
    input %0 "x": float32[2, 5]
    const %1 "w": float32[3, 5] = random(1)
    const %2 "v": float32[3] = {1, 2, 3}
    %3 "y": float32[2, 3] = fully_connected(%0, %1)
    %4 "n": float32[2, 3] = batch_norm(%3, %2, %2, %2, %2)
    output %4)";
  ExpectSameOutputs(kFoldBatchNorm, dense);
  EXPECT_EQ(After(kFoldBatchNorm, dense).find("batch_norm"), std::string::npos);
}

TEST(FoldBatchNorm, NotWhereTheLayerIsReadElsewhereOrActivated) {
  std::string text = std::string(kNorm) + R"(
    %7 "c": float32[1, 4, 4, 4] = conv2d(%0, %1)
    %8 "n": float32[1, 4, 4, 4] = batch_norm(%7, %3, %4, %5, %6)
    output %8
    output %7)";
  constexpr char kLowered[] =
      "\"c\": float32[1, 4, 4, 4] = conv2d(%0, %1)\n"
      "%5 \"n/scaled\": float32[1, 4, 4, 4] = mul(%2, %4)\n"
      "%3 \"n\": float32[1, 4, 4, 4] = add(%5, %6)\n";
  EXPECT_NE(After(kFoldBatchNorm, text).find(kLowered), std::string::npos);
  ExpectSameOutputs(kFoldBatchNorm, text);
  std::string activated = std::string(kNorm) + R"(
    %7 "c": float32[1, 4, 4, 4] = conv2d(%0, %1) activation=relu
    %8 "n": float32[1, 4, 4, 4] = batch_norm(%7, %3, %4, %5, %6)
    output %8)";
  EXPECT_NE(After(kFoldBatchNorm, activated).find("= mul("), std::string::npos);
  ExpectSameOutputs(kFoldBatchNorm, activated);
}

TEST(FoldBatchNorm, SharedWeightsAreNotChangedForTheOther) {
  std::string text = std::string(kNorm) + R"(
    %7 "c": float32[1, 4, 4, 4] = conv2d(%0, %1)
    %8 "n": float32[1, 4, 4, 4] = batch_norm(%7, %3, %4, %5, %6)
    %9 "other": float32[1, 4, 4, 4] = conv2d(%0, %1)
    %10 "sum": float32[1, 4, 4, 4] = add(%8, %9)
    output %10)";
  ExpectSameOutputs(kFoldBatchNorm, text);
}

// A normalization after an activation is the next layer's, as far as no zeros come between.
TEST(FoldBatchNorm, IntoTheLayerAfter) {
  std::string text = R"(
    input %0 "x": float32[1, 6, 6, 2]
    const %1 "gamma": float32[2] = {2, 4}
    const %2 "beta": float32[2] = {1, -1}
    const %3 "mean": float32[2] = {0.5, 0}
    const %4 "variance": float32[2] = {1, 1}
    const %5 "w": float32[1, 1, 1, 2] = {1, 10}
    %6 "r": float32[1, 6, 6, 2] = activate(%0)
    %7 "n": float32[1, 6, 6, 2] = batch_norm(%6, %1, %2, %3, %4) epsilon=0
    %8 "y": float32[1, 6, 6, 1] = conv2d(%7, %5) PADDING
    output %8)";
  auto padded = [&](const char* padding) { return Replaced(text, "PADDING", padding); };
  constexpr char kFolded[] =
      "const %3 \"w\": float32[1, 1, 1, 2] = {2, 40}\n"
      "const %4 \"y/bias\": float32[1] = {-10}\n"
      "%1 \"r\": float32[1, 6, 6, 2] = activate(%0)\n"
      "%2 \"y\": float32[1, 6, 6, 1] = conv2d(%1, %3, %4)";
  EXPECT_EQ(AfterWithConstants(kFoldBatchNorm, padded("")), base::Cat(kFolded, "\n"));
  EXPECT_EQ(AfterWithConstants(kFoldBatchNorm, padded("padding=same")),
            base::Cat(kFolded, " padding=same\n"));
  // x · 2 + 0 = (x + 0) · 2 and x · 4 − 1 = (x − 0.25) · 4.
  EXPECT_EQ(AfterWithConstants(kFoldBatchNorm, padded("padding=0,1,0,0")),
            "const %4 \"w\": float32[1, 1, 1, 2] = {2, 40}\n"
            "const %5 \"n/offset\": float32[2] = {0, -0.25}\n"
            "%1 \"r\": float32[1, 6, 6, 2] = activate(%0)\n"
            "%2 \"n\": float32[1, 6, 6, 2] = add(%1, %5)\n"
            "%3 \"y\": float32[1, 7, 6, 1] = conv2d(%2, %4) padding=0,1,0,0\n");
}

TEST(FoldBatchNorm, AfterASumItIsAProductAndASum) {
  std::string text = R"(
    input %0 "x": float32[1, 2]
    const %1 "gamma": float32[2] = {2, 3}
    const %2 "beta": float32[2] = {1, 1}
    const %3 "mean": float32[2] = {0, 0}
    const %4 "variance": float32[2] = {1, 1}
    %5 "sum": float32[1, 2] = add(%0, %0)
    %6 "n": float32[1, 2] = batch_norm(%5, %1, %2, %3, %4) epsilon=0
    output %6)";
  EXPECT_EQ(AfterWithConstants(kFoldBatchNorm, text),
            "const %3 \"n/scale\": float32[2] = {2, 3}\n"
            "const %5 \"n/offset\": float32[] = {1}\n"
            "%1 \"sum\": float32[1, 2] = add(%0, %0)\n"
            "%4 \"n/scaled\": float32[1, 2] = mul(%1, %3)\n"
            "%2 \"n\": float32[1, 2] = add(%4, %5)\n");
}

TEST(FoldBatchNorm, NotWhereANumberWouldBeInfinite) {
  std::string text = R"(
    input %0 "x": float32[1, 1]
    const %1 "gamma": float32[1] = {1e38}
    const %2 "beta": float32[1] = {0}
    const %3 "variance": float32[1] = {1e-4}
    const %4 "w": float32[1, 1] = {1}
    %5 "y": float32[1, 1] = fully_connected(%0, %4)
    %6 "n": float32[1, 1] = batch_norm(%5, %1, %2, %2, %3) epsilon=EPSILON
    output %6)";
  for (const char* epsilon : {"0", "1e-9"}) {
    EXPECT_NE(After(kFoldBatchNorm, Replaced(text, "EPSILON", epsilon)).find("batch_norm("),
              std::string::npos);
  }
  text = Replaced(text, "1e-4", "0");
  text = Replaced(text, "EPSILON", "0");
  EXPECT_NE(After(kFoldBatchNorm, text).find("batch_norm("), std::string::npos);
}

// Rescaling at the input: the scale goes into the padded convolution's weights, the offset stays.
TEST(FoldScale, OfRescalingBeforeAPaddedConvolution) {
  std::string text = R"(
    input %0 "x": float32[1, 4, 4, 1]
    const %1 "scale": float32[] = {0.0078125}
    const %2 "offset": float32[] = {-1}
    const %3 "w": float32[1, 2, 2, 1] = {1, 2, 3, 4}
    %4 "scaled": float32[1, 4, 4, 1] = mul(%0, %1)
    %5 "rescaled": float32[1, 4, 4, 1] = add(%4, %2)
    %6 "padded": float32[1, 5, 5, 1] = pad(%5) before=[0, 0, 0, 0] after=[0, 1, 1, 0]
    %7 "y": float32[1, 2, 2, 1] = conv2d(%6, %3) stride_h=2 stride_w=2
    output %7)";
  EXPECT_EQ(AfterWithConstants(kFoldScale, text),
            "const %4 \"w\": float32[1, 2, 2, 1] = {0.0078125, 0.015625, 0.0234375, 0.03125}\n"
            "const %5 \"rescaled/offset\": float32[] = {-128}\n"
            "%1 \"rescaled\": float32[1, 4, 4, 1] = add(%0, %5)\n"
            "%2 \"padded\": float32[1, 5, 5, 1] = pad(%1) before=[0, 0, 0, 0] after=[0, 1, 1, 0]\n"
            "%3 \"y\": float32[1, 2, 2, 1] = conv2d(%2, %4) stride_h=2 stride_w=2\n");
  ExpectSameOutputs(kFoldScale, text);
}

TEST(FoldScale, OfRescalingBeforeAConvolutionWithoutPadding) {
  std::string text = R"(
    input %0 "x": float32[1, 4, 4, 1]
    const %1 "scale": float32[] = {0.0078125}
    const %2 "offset": float32[] = {-1}
    const %3 "w": float32[1, 2, 2, 1] = {1, 2, 3, 4}
    %4 "scaled": float32[1, 4, 4, 1] = mul(%0, %1)
    %5 "rescaled": float32[1, 4, 4, 1] = add(%4, %2)
    %6 "y": float32[1, 2, 2, 1] = conv2d(%5, %3) stride_h=2 stride_w=2
    output %6)";
  EXPECT_EQ(AfterWithConstants(kFoldScale, text),
            "const %2 \"w\": float32[1, 2, 2, 1] = {0.0078125, 0.015625, 0.0234375, 0.03125}\n"
            "const %3 \"y/bias\": float32[1] = {-10}\n"
            "%1 \"y\": float32[1, 2, 2, 1] = conv2d(%0, %2, %3) stride_h=2 stride_w=2\n");
  ExpectSameOutputs(kFoldScale, text);
}

// SAME padding of a picture whose size is open may or may not put zeros around it.
TEST(FoldScale, NotIntoSamePaddingOfOpenSize) {
  std::string text = R"(
    input %0 "x": float32[1, SIZE, SIZE, 1]
    const %1 "offset": float32[] = {1}
    const %2 "w": float32[1, 2, 2, 1] = {1}
    %3 "shifted": float32[1, SIZE, SIZE, 1] = add(%0, %1)
    %4 "y": float32[1, -1, -1, 1] = conv2d(%3, %2) stride_h=2 stride_w=2 padding=same
    output %4)";
  auto of_size = [&](const std::string& size) {
    std::string changed = text;
    for (int i = 0; i < 4; ++i) changed = Replaced(changed, "SIZE", size);
    return After(kFoldScale, changed);
  };
  EXPECT_NE(of_size("-1").find("add("), std::string::npos);
  EXPECT_NE(of_size("5").find("add("), std::string::npos);
  EXPECT_EQ(of_size("4").find("add("), std::string::npos);
}

// A channel that is 0 · x + 1 cannot be (x + offset) · 0.
TEST(FoldScale, NotDividedByAScaleOfZero) {
  std::string text = R"(
    input %0 "x": float32[1, 4, 4, 2]
    const %1 "scale": float32[2] = {2, 0}
    const %2 "offset": float32[2] = {1, 1}
    const %3 "w": float32[1, 3, 3, 2] = random(1)
    %4 "scaled": float32[1, 4, 4, 2] = mul(%0, %1)
    %5 "shifted": float32[1, 4, 4, 2] = add(%4, %2)
    %6 "y": float32[1, 4, 4, 1] = conv2d(%5, %3) padding=same
    output %6)";
  EXPECT_NE(After(kFoldScale, text).find("mul("), std::string::npos);
  text = Replaced(text, "{1, 1}", "{1, 0}");
  EXPECT_EQ(After(kFoldScale, text).find("mul("), std::string::npos);
  ExpectSameOutputs(kFoldScale, text);
}

TEST(FoldScale, IntoTheLayerBeforeWithItsActivation) {
  std::string text = R"(
    input %0 "x": float32[1, 3]
    const %1 "w": float32[2, 3] = {1, 2, 3, 4, 5, 6}
    const %2 "b": float32[2] = {1, 1}
    const %3 "s": float32[1, 2] = {2, -1}
    const %4 "o": float32[2] = {0.5, -0}
    %5 "y": float32[1, 2] = fully_connected(%0, %1, %2)
    %6 "z": float32[1, 2] = mul(%5, %3)
    %7 "r": float32[1, 2] = add(%6, %4) activation=relu
    output %7)";
  EXPECT_EQ(AfterWithConstants(kFoldScale, text),
            "const %3 \"w\": float32[2, 3] = {2, 4, 6, -4, -5, -6}\n"
            "const %4 \"b\": float32[2] = {2.5, -1}\n"
            "%1 \"y\": float32[1, 2] = fully_connected(%0, %3, %4)\n"
            "%2 \"r\": float32[1, 2] = activate(%1)\n");
  ExpectSameOutputs(kFoldScale, text);
}

// Feature i of a flattened picture has channel i modulo the channels.
TEST(FoldScale, ThroughFlattenIntoADenseLayer) {
  std::string text = R"(
    input %0 "x": float32[2, 2, 1, 2]
    const %1 "s": float32[1, 1, 1, 2] = {2, 3}
    const %2 "o": float32[2] = {1, 0}
    const %3 "w": float32[1, 4] = {1, 1, 10, 10}
    %4 "a": float32[2, 2, 1, 2] = mul(%0, %1)
    %5 "b": float32[2, 2, 1, 2] = add(%4, %2)
    %6 "flat": float32[2, 4] = reshape(%5) shape=[-1, 4]
    %7 "y": float32[2, 1] = fully_connected(%6, %3)
    output %7)";
  EXPECT_EQ(AfterWithConstants(kFoldScale, text),
            "const %3 \"w\": float32[1, 4] = {2, 3, 20, 30}\n"
            "const %4 \"y/bias\": float32[1] = {11}\n"
            "%1 \"flat\": float32[2, 4] = reshape(%0) shape=[-1, 4]\n"
            "%2 \"y\": float32[2, 1] = fully_connected(%1, %3, %4)\n");
  ExpectSameOutputs(kFoldScale, text);
}

// Rows of five do not begin at the same channel of three.
TEST(FoldScale, NotThroughAReshapeThatMixesChannels) {
  std::string text = R"(
    input %0 "x": float32[5, 3]
    const %1 "s": float32[3] = {1, 2, 3}
    const %2 "w": float32[1, 5] = {1}
    %3 "a": float32[5, 3] = mul(%0, %1)
    %4 "r": float32[3, 5] = reshape(%3) shape=[3, 5]
    %5 "y": float32[3, 1] = fully_connected(%4, %2)
    output %5)";
  EXPECT_NE(After(kFoldScale, text).find("mul("), std::string::npos);
  text = Replaced(text, "{1, 2, 3}", "{2, 2, 2}");
  EXPECT_EQ(After(kFoldScale, text).find("mul("), std::string::npos);
  ExpectSameOutputs(kFoldScale, text);
}

TEST(FoldScale, NotWhatIsReadTwiceOrDiffersByPixel) {
  std::string read_twice = R"(
    input %0 "x": float32[1, 2]
    const %1 "s": float32[] = {2}
    const %2 "w": float32[2, 2] = random(1)
    %3 "a": float32[1, 2] = mul(%0, %1)
    %4 "y": float32[1, 2] = fully_connected(%3, %2)
    %5 "z": float32[1, 2] = add(%3, %4)
    output %5)";
  EXPECT_NE(After(kFoldScale, read_twice).find("mul("), std::string::npos);
  std::string by_pixel = R"(
    input %0 "x": float32[1, 2, 1, 2]
    const %1 "s": float32[2, 1, 1] = {2, 3}
    const %2 "w": float32[2, 1, 1, 2] = random(1)
    %3 "a": float32[1, 2, 1, 2] = mul(%0, %1)
    %4 "y": float32[1, 2, 1, 2] = conv2d(%3, %2)
    output %4)";
  EXPECT_NE(After(kFoldScale, by_pixel).find("mul("), std::string::npos);
}

TEST(FoldScale, RunsBecomeOneProductAndOneSum) {
  std::string text = R"(
    input %0 "x": float32[1, 2]
    const %1 "a": float32[2] = {2, 3}
    const %2 "b": float32[] = {10}
    %3 "p": float32[1, 2] = mul(%0, %1)
    %4 "q": float32[1, 2] = add(%3, %2)
    %5 "r": float32[1, 2] = mul(%4, %1)
    %6 "s": float32[1, 2] = add(%5, %2) activation=relu6
    output %6)";
  EXPECT_EQ(AfterWithConstants(kFoldScale, text),
            "const %2 \"s/scale\": float32[2] = {4, 9}\n"
            "const %4 \"s/offset\": float32[2] = {30, 40}\n"
            "%3 \"s/scaled\": float32[1, 2] = mul(%0, %2)\n"
            "%1 \"s\": float32[1, 2] = add(%3, %4) activation=relu6\n");
  ExpectSameOutputs(kFoldScale, text);
  std::string nothing = R"(
    input %0 "x": float32[1, 2]
    const %1 "one": float32[] = {1}
    const %2 "zero": float32[2] = {0, -0}
    %3 "t": float32[1, 2] = tanh(%0)
    %4 "p": float32[1, 2] = mul(%3, %1)
    %5 "q": float32[1, 2] = add(%4, %2)
    output %5)";
  EXPECT_EQ(After(kFoldScale, nothing), "%1 \"q\": float32[1, 2] = tanh(%0)\n");
}

// Many layers that share large weights do not get a copy each.
TEST(FoldScale, CopiesNoMoreThanTheModelHolds) {
  graph::Graph graph;
  const std::vector<float> weights(1 << 20, 0.5F);
  const float two = 2;
  graph.inputs = {graph.AddValue({.name = "x", .shape = {1, 1024}})};
  const graph::ValueId shared = graph.AddConstant("w", {1024, 1024}, weights);
  const graph::ValueId factor = graph.AddConstant("two", {}, std::span(&two, 1));
  graph::ValueId at = graph.inputs[0];
  for (int i = 0; i < 1000; ++i) {
    at = graph.AddNode(graph::FullyConnected{}, {at, shared}, "y");
    at = graph.AddNode(graph::Mul{}, {at, factor}, "z");
    at = graph.AddNode(graph::Activate{}, {at}, "r");
  }
  graph.outputs = {at};
  ASSERT_TRUE(graph::InferShapes(graph));
  ASSERT_TRUE(passes::Run(graph, {.verify = false}));
  EXPECT_LT(graph::ConstantBytes(graph) / sizeof(float), 1001 * weights.size());
  size_t copies = 0;
  for (const graph::Value& value : graph.values) copies += value.constant && value.name == "w";
  EXPECT_GT(copies, 1U);
  EXPECT_LT(copies, 20U);
}

}  // namespace
}  // namespace goldcrest::passes
