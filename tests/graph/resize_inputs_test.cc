#include "graph/resize_inputs.h"

#include <gtest/gtest.h>

#include "graph/infer.h"
#include "support/run_graph.h"

namespace goldcrest::graph {
namespace {

using testing::MustParse;

constexpr char kFullyConvolutional[] = R"(
  input %0 "x": float32[-1, 32, 32, 3]
  const %1 "w": float32[8, 3, 3, 3] = random(1)
  const %2 "f": float32[10, 8] = random(2)
  %3 "conv": float32[-1, 16, 16, 8] = conv2d(%0, %1) stride_h=2 stride_w=2 padding=same
  %4 "mean": float32[-1, 8] = mean(%3) axes=[1, 2]
  %5 "scores": float32[-1, 10] = fully_connected(%4, %2)
  output %5)";

// A convolution over 8 × 8 pixels, and what stands for `head` on its 8 × 8 × 2 values.
Graph WithHead(const std::string& head) {
  return MustParse(
      "input %0 \"x\": float32[1, 8, 8, 3]\n"
      "const %1 \"w\": float32[2, 1, 1, 3] = random(1)\n"
      "const %2 \"f\": float32[4, 128] = random(2)\n"
      "%3 \"c\": float32[] = conv2d(%0, %1)\n" +
      head + "\n");
}

Error ErrorOf(Graph graph, const tensor::Shape& shape) {
  Status status = ResizeInputs(graph, std::vector<tensor::Shape>{shape});
  EXPECT_FALSE(status);
  return status.error();
}

TEST(ResizeInputs, AConvolutionUpToAPoolingTakesAnySize) {
  Graph graph = MustParse(kFullyConvolutional);
  tensor::InputContract contract;
  contract.width = contract.height = 32;
  graph.metadata.input_contract = contract;
  ASSERT_TRUE(ResizeInputs(graph, std::vector<tensor::Shape>{{2, 20, 50, 3}}));
  EXPECT_EQ(graph.value(3).shape, (tensor::Shape{2, 10, 25, 8}));
  EXPECT_EQ(graph.value(5).shape, (tensor::Shape{2, 10}));
  EXPECT_EQ(graph.metadata.input_contract->height, 20);
  EXPECT_EQ(graph.metadata.input_contract->width, 50);
  EXPECT_TRUE(BindDefaultShapes(graph));
}

TEST(ResizeInputs, AnErrorNamesTheOperatorThatIsMadeForOneSize) {
  const std::string flattened =
      "%4 \"r\": float32[] = reshape(%3) shape=[1, 128]\n"
      "%5 \"y\": float32[] = fully_connected(%4, %2)\noutput %5";
  EXPECT_EQ(ErrorOf(WithHead(flattened), {1, 16, 16, 3}).ToString(),
            "with an input of [1, 16, 16, 3] instead of [1, 8, 8, 3] › operator 1 reshape 'r' › an "
            "input of shape [1, 16, 16, 2] cannot take the shape [1, 128]");
  const std::string pooled =
      "%4 \"p\": float32[] = average_pool2d(%3) filter_h=8 filter_w=8\n"
      "output %4";
  EXPECT_NE(ErrorOf(WithHead(pooled), {1, 4, 4, 3}).ToString().find("operator 1 average_pool2d"),
            std::string::npos);
}

TEST(ResizeInputs, OnePictureMustNotBecomeSeveral) {
  const std::string open =
      "%4 \"r\": float32[] = reshape(%3) shape=[-1, 128]\n"
      "%5 \"y\": float32[] = fully_connected(%4, %2)\noutput %5";
  Graph graph = WithHead(open);
  ASSERT_TRUE(ResizeInputs(graph, std::vector<tensor::Shape>{{3, 8, 8, 3}}));
  EXPECT_EQ(graph.value(5).shape, (tensor::Shape{3, 4}));
  EXPECT_NE(ErrorOf(WithHead(open), {1, 16, 16, 3})
                .ToString()
                .find("the output 'y' would be [4, 4] for a batch of 1"),
            std::string::npos);
}

TEST(ResizeInputs, WrongShapes) {
  Graph graph = MustParse(kFullyConvolutional);
  EXPECT_EQ(ErrorOf(graph, {1, 32, 32}).code, ErrorCode::kUsage);
  EXPECT_EQ(ErrorOf(graph, {1, 32, 32, 4}).code, ErrorCode::kInvalid);
  EXPECT_EQ(ResizeInputs(graph, std::vector<tensor::Shape>(2)).error().message,
            "the model has 1 input, 2 shapes are given");
  EXPECT_FALSE(ResizeInputs(graph, std::vector<tensor::Shape>{{1, int64_t{1} << 40, 32, 3}}));
}

}  // namespace
}  // namespace goldcrest::graph
