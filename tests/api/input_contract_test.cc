#include "api/input_contract.h"

#include <gtest/gtest.h>

#include "api/recognize.h"
#include "support/run_graph.h"

namespace goldcrest::api {
namespace {

using testing::MustParse;

constexpr char kPlain[] =
    "input %0 \"x\": float32[-1, 32, 48, 3]\n"
    "%1 \"y\": float32[-1, 3] = mean(%0) axes=[1, 2]\noutput %1\n";

// The skeleton of a MobileNet V1 of any width, its strides left out.
std::string MobileNetV1(int blocks) {
  std::string text =
      "input %0 \"x\": float32[-1, 32, 32, 3]\n"
      "const %1 \"w\": float32[4, 3, 3, 3] = random(1)\n"
      "const %2 \"d\": float32[1, 3, 3, 4] = random(2)\n"
      "const %3 \"p\": float32[4, 1, 1, 4] = random(3)\n"
      "%4 \"c\": float32[] = conv2d(%0, %1) stride_h=2 stride_w=2 padding=same\n";
  int last = 4;
  for (int i = 0; i < blocks; ++i, last += 2) {
    text += base::Cat("%", last + 1, " \"d\": float32[] = depthwise_conv2d(%", last,
                      ", %2) padding=same\n");
    text += base::Cat("%", last + 2, " \"p\": float32[] = conv2d(%", last + 1, ", %3)\n");
  }
  return text + base::Cat("output %", last, "\n");
}

TEST(InputContract, AMobileNetIsGuessedAloud) {
  graph::Graph graph = MustParse(MobileNetV1(13));
  EXPECT_TRUE(IsMobileNetV1(graph));
  std::vector<std::string> notes;
  ASSERT_TRUE(ResolveInputContract({}, graph, notes));
  ASSERT_TRUE(graph.metadata.input_contract);
  EXPECT_EQ(graph.metadata.input_contract->normalization.kind, tensor::NormalizationKind::kTf);
  EXPECT_TRUE(graph.metadata.input_contract_from.starts_with("a guess"));
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].find("--normalize"), std::string::npos);
}

TEST(InputContract, AnythingElseStaysUnknown) {
  EXPECT_FALSE(IsMobileNetV1(MustParse(MobileNetV1(12))));
  graph::Graph graph = MustParse(kPlain);
  std::vector<std::string> notes;
  ASSERT_TRUE(ResolveInputContract({.resize = "tf2-bilinear"}, graph, notes));
  EXPECT_FALSE(graph.metadata.input_contract);
  EXPECT_TRUE(notes.empty());
  Status wrong = ResolveInputContract({.resize = "lanczos9"}, graph, notes);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kUsage);
}

TEST(InputContract, ARescalingLayerMeansPlainPixels) {
  graph::Graph graph = MustParse(
      "input %0 \"x\": float32[-1, 32, 32, 3]\n"
      "const %1 \"s\": float32[1] = {0.0078431}\n"
      "%2 \"y\": float32[] = mul(%0, %1)\noutput %2\n");
  std::vector<std::string> notes;
  ASSERT_TRUE(ResolveInputContract({}, graph, notes));
  EXPECT_EQ(graph.metadata.input_contract->normalization.kind, tensor::NormalizationKind::kNone);
}

TEST(InputContract, FlagsCompleteAndChangeIt) {
  graph::Graph graph = MustParse(kPlain);
  std::vector<std::string> notes;
  ASSERT_TRUE(ResolveInputContract({.normalize = "caffe", .crop = "none"}, graph, notes));
  ASSERT_TRUE(graph.metadata.input_contract);
  EXPECT_EQ(graph.metadata.input_contract->width, 48);
  EXPECT_EQ(graph.metadata.input_contract->height, 32);
  EXPECT_EQ(graph.metadata.input_contract->color, tensor::ColorOrder::kBgr);
  EXPECT_EQ(graph.metadata.input_contract->crop, tensor::CropKind::kNone);
  EXPECT_EQ(graph.metadata.input_contract_from, "flags");
  graph.metadata.input_contract_from = "the file";
  ASSERT_TRUE(ResolveInputContract({.normalize = "unit"}, graph, notes));
  EXPECT_EQ(graph.metadata.input_contract->crop, tensor::CropKind::kNone);
  EXPECT_EQ(graph.metadata.input_contract->color, tensor::ColorOrder::kRgb);
  EXPECT_EQ(graph.metadata.input_contract_from, "flags over the file");
  EXPECT_TRUE(notes.empty());
}

TEST(InputContract, ModelsWithoutPicturesTakeNoFlags) {
  graph::Graph graph = MustParse(
      "input %0 \"x\": float32[1, 10]\n%1 \"y\": float32[1, 10] = softmax(%0)\noutput %1\n");
  std::vector<std::string> notes;
  EXPECT_TRUE(ResolveInputContract({}, graph, notes));
  EXPECT_FALSE(ResolveInputContract({.normalize = "tf"}, graph, notes));
}

}  // namespace
}  // namespace goldcrest::api
