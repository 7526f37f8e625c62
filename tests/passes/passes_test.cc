#include "passes/passes.h"

#include <gtest/gtest.h>

#include "graph/text.h"
#include "graph/verify.h"
#include "support/run_graph.h"
#include "tensor/difference.h"

namespace goldcrest::passes {
namespace {

using testing::MustParse;

// The graph after one pass and the removal of what it left unused, as text without constants.
std::string After(int (*pass)(graph::Graph&), const std::string& text) {
  graph::Graph graph = MustParse(text);
  pass(graph);
  RemoveDeadCode(graph);
  EXPECT_TRUE(graph::Verify(graph));
  std::string printed = graph::ToText(graph);
  std::string nodes;
  for (size_t at = 0; at < printed.size();) {
    size_t end = printed.find('\n', at) + 1;
    if (printed[at] == '%') nodes += printed.substr(at, end - at);
    at = end;
  }
  return nodes;
}

// A pass must not change what a graph computes.
void ExpectSameOutputs(int (*pass)(graph::Graph&), const std::string& text) {
  graph::Graph graph = MustParse(text);
  std::vector<float> before = testing::RunOnNoise(graph, 5);
  pass(graph);
  std::vector<float> after = testing::RunOnNoise(graph, 5);
  ASSERT_EQ(before.size(), after.size());
  for (size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(before[i], after[i], 1e-5) << i;
}

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
    EXPECT_EQ(After(FoldBatchNorm, text), "%1 \"n\": float32[1, 4, 4, 4] = conv2d(%0, %2, %3)\n");
    ExpectSameOutputs(FoldBatchNorm, text);
  }
}

TEST(FoldBatchNorm, IntoDepthwiseAndDense) {
  ExpectSameOutputs(FoldBatchNorm, std::string(kNorm) + R"(
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
  ExpectSameOutputs(FoldBatchNorm, dense);
  EXPECT_EQ(After(FoldBatchNorm, dense).find("batch_norm"), std::string::npos);
}

TEST(FoldBatchNorm, NotWhereTheLayerIsReadElsewhereOrActivated) {
  std::string text = std::string(kNorm) + R"(
    %7 "c": float32[1, 4, 4, 4] = conv2d(%0, %1)
    %8 "n": float32[1, 4, 4, 4] = batch_norm(%7, %3, %4, %5, %6)
    output %8
    output %7)";
  EXPECT_NE(After(FoldBatchNorm, text).find("batch_norm"), std::string::npos);
  std::string activated = std::string(kNorm) + R"(
    %7 "c": float32[1, 4, 4, 4] = conv2d(%0, %1) activation=relu
    %8 "n": float32[1, 4, 4, 4] = batch_norm(%7, %3, %4, %5, %6)
    output %8)";
  EXPECT_NE(After(FoldBatchNorm, activated).find("batch_norm"), std::string::npos);
}

TEST(FoldBatchNorm, SharedWeightsAreNotChangedForTheOther) {
  std::string text = std::string(kNorm) + R"(
    %7 "c": float32[1, 4, 4, 4] = conv2d(%0, %1)
    %8 "n": float32[1, 4, 4, 4] = batch_norm(%7, %3, %4, %5, %6)
    %9 "other": float32[1, 4, 4, 4] = conv2d(%0, %1)
    %10 "sum": float32[1, 4, 4, 4] = add(%8, %9)
    output %10)";
  ExpectSameOutputs(FoldBatchNorm, text);
}

constexpr char kPad[] = R"(
  input %0 "x": float32[1, 6, 6, 3]
  const %1 "w": float32[4, 3, 3, 3] = random(1)
  %2 "p": float32[1, 7, 8, 3] = pad(%0) before=[0, 0, 1, 0] after=[0, 1, 1, 0]
  %3 "c": float32[1, 3, 3, 4] = conv2d(%2, %1) stride_h=2 stride_w=2
  output %3)";

TEST(FusePadding, IntoTheConvolution) {
  EXPECT_EQ(
      After(FusePadding, kPad),
      "%2 \"c\": float32[1, 3, 3, 4] = conv2d(%0, %1) stride_h=2 stride_w=2 padding=0,1,1,1\n");
  ExpectSameOutputs(FusePadding, kPad);
}

TEST(FusePadding, NotOfChannelsNorBeforeSamePadding) {
  std::string channels = R"(
    input %0 "x": float32[1, 6, 6, 2]
    const %1 "w": float32[4, 3, 3, 3] = random(1)
    %2 "p": float32[1, 6, 6, 3] = pad(%0) before=[0, 0, 0, 0] after=[0, 0, 0, 1]
    %3 "c": float32[1, 4, 4, 4] = conv2d(%2, %1)
    output %3)";
  EXPECT_NE(After(FusePadding, channels).find("pad("), std::string::npos);
  std::string same = R"(
    input %0 "x": float32[1, 6, 6, 3]
    const %1 "w": float32[4, 3, 3, 3] = random(1)
    %2 "p": float32[1, 7, 7, 3] = pad(%0) before=[0, 0, 0, 0] after=[0, 1, 1, 0]
    %3 "c": float32[1, 7, 7, 4] = conv2d(%2, %1) padding=same
    output %3)";
  EXPECT_NE(After(FusePadding, same).find("pad("), std::string::npos);
}

TEST(FuseActivation, IntoTheLayerBeforeUnlessItIsReadElsewhere) {
  std::string text = R"(
    input %0 "x": float32[1, 4]
    const %1 "w": float32[3, 4] = random(1)
    %2 "y": float32[1, 3] = fully_connected(%0, %1)
    %3 "r": float32[1, 3] = activate(%2) activation=relu6
    output %3)";
  EXPECT_EQ(After(FuseActivation, text),
            "%2 \"r\": float32[1, 3] = fully_connected(%0, %1) activation=relu6\n");
  ExpectSameOutputs(FuseActivation, text);
  EXPECT_NE(After(FuseActivation, text + "\noutput %2").find("activate("), std::string::npos);
}

TEST(RemoveIdentity, DropsWhatChangesNothing) {
  std::string text = R"(
    input %0 "x": float32[-1, 4]
    %1 "a": float32[-1, 4] = activate(%0) activation=none
    %2 "b": float32[-1, 4] = reshape(%1) shape=[-1, 4]
    %3 "c": float32[-1, 4] = pad(%2) before=[0, 0] after=[0, 0]
    %4 "d": float32[-1, 4] = activate(%3)
    %5 "e": float32[-1, 2, 2] = reshape(%4) shape=[-1, 2, 2]
    output %5)";
  EXPECT_EQ(After(RemoveIdentity, text),
            "%1 \"d\": float32[-1, 4] = activate(%0)\n"
            "%2 \"e\": float32[-1, 2, 2] = reshape(%1) shape=[-1, 2, 2]\n");
}

TEST(RemoveTraining, DropsDropout) {
  EXPECT_EQ(After(RemoveTraining, R"(
    input %0 "x": float32[1, 4]
    %1 "d": float32[1, 4] = dropout(%0) rate=0.5
    %2 "y": float32[1, 4] = softmax(%1)
    output %2)"),
            "%1 \"y\": float32[1, 4] = softmax(%0)\n");
}

TEST(Run, KnowsItsPassesByName) {
  graph::Graph graph = MustParse(kPad);
  auto reports = passes::Run(graph, {.disabled = {"fuse_padding"}, .verify = true});
  ASSERT_TRUE(reports);
  ASSERT_EQ(reports->size(), Passes().size());
  for (const Report& report : *reports) EXPECT_EQ(report.disabled, report.name == "fuse_padding");
  EXPECT_EQ(graph.nodes.size(), 2U);
  auto wrong = passes::Run(graph, {.disabled = {"fold_everything"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kUsage);
  EXPECT_NE(wrong.error().message.find("fold_batch_norm"), std::string::npos);
}

}  // namespace
}  // namespace goldcrest::passes
