#include <gtest/gtest.h>

#include "api/constants.h"
#include "graph/infer.h"
#include "passes/pass_testing.h"
#include "passes/passes.h"

namespace goldcrest::passes {
namespace {

using testing::After;
using testing::AfterWithConstants;
using testing::ExpectSameOutputs;
using testing::MustParse;

int Fold(graph::Graph& graph) {
  WorkLimit limit(graph);
  return FoldConstants(graph, api::ConstantEvaluator(), limit);
}

constexpr char kModel[] = R"(
  input %0 "x": float32[1, 2]
  const %1 "half": float16[2, 2] = {1, 0.5, -2, 0.25}
  const %2 "eight": int8[2] scale=[0.5, 2] zero_point=[1, -1] = {3, 4}
  const %3 "two": float32[] = {2}
  const %4 "six": int32[] = {2}
  %5 "w": float32[2, 2] = dequantize(%1)
  %6 "b": float32[2] = dequantize(%2)
  %7 "doubled": float32[2] = mul(%6, %3)
  %8 "y": float32[1, 2] = fully_connected(%0, %5, %7)
  %9 "target": int32[2] = pack(%4, %4)
  output %8)";

TEST(FoldConstants, ComputesWhatDependsOnNoInput) {
  EXPECT_EQ(AfterWithConstants(Fold, kModel),
            "const %1 \"w\": float32[2, 2] = {1, 0.5, -2, 0.25}\n"
            "const %2 \"doubled\": float32[2] = {2, 20}\n"
            "%3 \"y\": float32[1, 2] = fully_connected(%0, %1, %2)\n");
}

TEST(FoldConstants, DoesNothingWithoutAnEvaluatorNorToOutputs) {
  graph::Graph graph = MustParse(kModel);
  WorkLimit limit(graph);
  EXPECT_EQ(FoldConstants(graph, {}, limit), 0);
  std::string output = R"(
    input %0 "x": float32[1]
    const %1 "a": float32[1] = {2}
    %2 "y": float32[1] = add(%1, %1)
    output %0
    output %2)";
  EXPECT_EQ(After(Fold, output), "%2 \"y\": float32[1] = add(%1, %1)\n");
}

TEST(FoldConstants, LeavesWhatCannotRun) {
  std::string text = R"(
    input %0 "x": float32[2]
    const %1 "a": float32[2] = {2}
    %2 "q": int8[2] scale=0 = quantize(%1)
    %3 "r": float32[2] = dequantize(%2)
    %4 "y": float32[2] = add(%0, %3)
    output %4)";
  EXPECT_NE(After(Fold, text).find("quantize(%1)"), std::string::npos);
}

// Each doubles the one before: a small file could ask for all memory.
TEST(FoldConstants, ComputesNoMoreThanTheModelHolds) {
  graph::Graph graph;
  graph.inputs = {graph.AddValue({.name = "x", .shape = {1}})};
  graph::ValueId at = graph.AddConstant("a", {1024}, std::vector<float>(1024));
  for (int i = 0; i < 18; ++i) at = graph.AddNode(graph::Concatenation{0}, {at, at}, "twice");
  graph.outputs = {graph.AddNode(graph::Tanh{}, {at}, "y"), graph.inputs[0]};
  ASSERT_TRUE(graph::InferShapes(graph));
  ASSERT_TRUE(graph::Verify(graph));
  EXPECT_GT(Fold(graph), 3);
  EXPECT_LT(graph::ConstantBytes(graph), uint64_t{64} << 20);
}

}  // namespace
}  // namespace goldcrest::passes
