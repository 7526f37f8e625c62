#include "api/input_contract.h"

#include <gtest/gtest.h>

#include "api/recognize.h"
#include "architectures/architectures.h"
#include "passes/passes.h"
#include "support/run_graph.h"

namespace goldcrest::api {
namespace {

using testing::MustParse;

constexpr char kPlain[] =
    "input %0 \"x\": float32[-1, 32, 48, 3]\n"
    "%1 \"y\": float32[-1, 3] = mean(%0) axes=[1, 2]\noutput %1\n";

graph::Graph Network(std::string_view name, double alpha) {
  auto graph = architectures::Build(name, {.alpha = alpha, .size = 64, .classes = 3});
  EXPECT_TRUE(graph) << name;
  graph->metadata = {};
  return std::move(*graph);
}

TEST(Recognize, NamesMobileNetsOfAnyWidthFoldedOrNot) {
  struct Case {
    const char* architecture;
    const char* name;
  };
  const Case cases[] = {{"mobilenet_v1", "MobileNet V1"},
                        {"mobilenet_v2", "MobileNet V2"},
                        {"mobilenet_v3_small", "MobileNet V3 Small"},
                        {"mobilenet_v3_large", "MobileNet V3 Large"}};
  for (const Case& c : cases) {
    for (double alpha : {0.35, 1.0, 1.25}) {
      graph::Graph graph = Network(c.architecture, alpha);
      EXPECT_EQ(RecognizeNetwork(graph), c.name);
      ASSERT_TRUE(passes::Run(graph, {}));
      EXPECT_EQ(RecognizeNetwork(graph), c.name) << "folded";
    }
  }
  graph::Graph shorter = Network("mobilenet_v1", 1);
  shorter.nodes.resize(shorter.nodes.size() / 2);
  EXPECT_FALSE(RecognizeNetwork(shorter));
}

TEST(InputContract, AMobileNetIsGuessedAloud) {
  graph::Graph graph = Network("mobilenet_v2", 0.5);
  std::vector<std::string> notes;
  ASSERT_TRUE(ResolveInputContract({}, graph, notes));
  ASSERT_TRUE(graph.metadata.input_contract);
  EXPECT_EQ(graph.metadata.input_contract->normalization.kind, tensor::NormalizationKind::kTf);
  EXPECT_TRUE(graph.metadata.input_contract_from.starts_with("a guess"));
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].find("--normalize"), std::string::npos);
}

TEST(InputContract, AnythingElseStaysUnknown) {
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
