#include "passes/passes.h"

#include <gtest/gtest.h>

#include "passes/pass_testing.h"
#include "tensor/difference.h"

namespace goldcrest::passes {
namespace {

using testing::After;
using testing::ExpectSameOutputs;
using testing::MustParse;

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

// The result's scale is another than what is activated has: two roundings, two ranges.
TEST(FuseActivation, NotBetweenDifferentScales) {
  std::string text = R"(
    input %0 "x": int8[1, 2] scale=1
    const %1 "w": int8[2, 2] scale=1 = {1}
    %2 "y": int8[1, 2] scale=0.5 = fully_connected(%0, %1)
    %3 "r": int8[1, 2] scale=0.25 zero_point=-128 = activate(%2)
    output %3)";
  EXPECT_NE(After(FuseActivation, text).find("activate("), std::string::npos);
  text = testing::Replaced(text, "0.25 zero_point=-128", "0.5");
  EXPECT_EQ(After(FuseActivation, text).find("activate("), std::string::npos);
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
