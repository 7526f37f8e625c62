#include "graph/graph.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "graph/cost.h"
#include "graph/infer.h"
#include "graph/padding.h"
#include "graph/text.h"
#include "graph/verify.h"
#include "support/run_graph.h"

namespace goldcrest::graph {
namespace {

using testing::MustParse;

constexpr char kToy[] = R"(graph "toy"
input %0 "x": float32[-1, 8, 8, 3]
const %1 "w": float32[4, 3, 3, 3] = random(1)
const %2 "b": float32[4] = {0.5, 1, 2, 3}
%3 "conv": float32[-1, 4, 4, 4] = conv2d(%0, %1, %2) stride_h=2 stride_w=2 padding=0,1,0,1 activation=relu6
%4 "mean": float32[-1, 1, 1, 4] = mean(%3) axes=[1, 2] keep_dims=true
%5 "flat": float32[-1, 4] = reshape(%4) shape=[-1, 4]
%6 "scores": float32[-1, 4] = softmax(%5)
output %6
)";

std::string WithoutDigest(std::string text) {
  size_t from = text.find("= random");
  if (from == std::string::npos) from = text.find("= #");
  return text.erase(from, text.find('\n', from) - from);
}

TEST(GraphText, PrintsWhatItReads) {
  std::string printed = ToText(MustParse(kToy));
  EXPECT_EQ(WithoutDigest(printed), WithoutDigest(kToy));
}

TEST(GraphText, MalformedTextIsAnErrorThatNamesTheLine) {
  std::string text = kToy;
  for (auto [from, to] :
       {std::pair{"conv2d(", "conv3d("}, std::pair{"stride_h=2", "stride_q=2"},
        std::pair{"stride_h=2", "stride_h=x"}, std::pair{"%1, %2", "%1, %9"},
        std::pair{"relu6", "relu7"}, std::pair{"padding=0,1,0,1", "padding=0,1"}}) {
    std::string changed = text;
    changed.replace(changed.find(from), std::string(from).size(), to);
    auto graph = FromText(changed);
    ASSERT_FALSE(graph) << to;
    EXPECT_NE(graph.error().message.find("line 5"), std::string::npos) << graph.error().message;
  }
  for (size_t size = 0; size + 10 < text.size(); ++size) {
    EXPECT_FALSE(FromText(text.substr(0, size))) << size;
  }
  for (const char* line :
       {"const %1 \"c\": int8[1] = {128}", "const %1 \"c\": uint8[1] = {-1}",
        "const %1 \"c\": int32[1] = {0.5}", "const %1 \"c\": int8[1] scale=x = {1}",
        "const %1 \"c\": int8[2] scale=[1, 2 = {1}", "const %1 \"c\": int99[1] = {1}"}) {
    auto graph = FromText(base::Cat(line, "\n"));
    ASSERT_FALSE(graph) << line;
    EXPECT_NE(graph.error().message.find("line 1"), std::string::npos) << line;
  }
}

TEST(GraphText, PrintsAndReadsEveryTypeAndQuantization) {
  const std::string text = R"(graph "types"
input %0 "x": uint8[1, 2, 2, 2] scale=0.0078125 zero_point=128
const %1 "bool": bool[2] = {0, 1}
const %2 "f16": float16[3] = {0.5, -0, 65504}
const %3 "f32": float32[4] = {0.1, -0, inf, 1e-45}
const %4 "i8": int8[2, 1, 1, 2] scale=[0.5, 0.25] = {-128, 127, 0, 1}
const %5 "i8 of axis 3": int8[1, 1, 1, 2] scale=[0.5, 0.25] zero_point=[-1, 3] axis=3 = {-128, 127}
const %6 "i16": int16[2] = {-32768, 32767}
const %7 "i32": int32[2] scale=[1e-05, 2] = {-2147483648, 2147483647}
const %8 "i64": int64[2] = {-9223372036854775808, 9223372036854775807}
%9 "q": int8[1, 2, 2, 2] scale=0.0078125 = quantize(%0)
%10 "wide": int16[1, 2, 2, 2] scale=0.5 = quantize(%9) dtype=int16
%11 "y": int8[1, 2, 2, 2] scale=0.1 zero_point=-7 = conv2d(%9, %4, %7)
%12 "dense": int8[1, 2, 2, 2] scale=0.1 = add(%11, %9)
%13 "real": float32[1, 2, 2, 2] = dequantize(%12)
output %10
output %13
)";
  EXPECT_EQ(ToText(MustParse(text)), text);
}

TEST(GraphText, RandomConstantsCoverTheirType) {
  Graph graph = MustParse(
      "input %0 \"x\": float32[1]\nconst %1 \"a\": int8[1000] = random(1)\n"
      "const %2 \"b\": uint8[1000] = random(1)\nconst %3 \"c\": int16[1000] = random(1)\noutput "
      "%0\n");
  auto a = graph.value(1).constant->As<int8_t>();
  auto b = graph.value(2).constant->As<uint8_t>();
  auto c = graph.value(3).constant->As<int16_t>();
  EXPECT_LT(*std::ranges::min_element(a), -100);
  EXPECT_GT(*std::ranges::max_element(a), 100);
  EXPECT_GT(*std::ranges::max_element(b), 200);
  EXPECT_LT(*std::ranges::min_element(c), -30000);
}

std::string InferError(const std::string& operator_line) {
  auto graph = FromText("input %0 \"x\": float32[1, 8, 8, 3]\n" + operator_line + "\noutput %9\n");
  return graph ? "fine" : graph.error().ToString();
}

TEST(Infer, RefusesOperandsThatDoNotFit) {
  EXPECT_EQ(InferError("%9 \"y\": float32[1, 8, 8, 3] = activate(%0)"), "fine");
  EXPECT_EQ(
      InferError("const %1 \"w\": float32[4, 3, 3, 2] = {0}\n%9 \"y\": float32[] = conv2d(%0, %1)"),
      "operator 0 conv2d 'y' › the filter reads 2 channels, the input has 3");
  EXPECT_EQ(
      InferError("const %1 \"w\": float32[4, 3, 3] = {0}\n%9 \"y\": float32[] = conv2d(%0, %1)"),
      "operator 0 conv2d 'y' › the filter has 3 dimensions, 4 expected");
  EXPECT_EQ(
      InferError("const %1 \"w\": float32[4, 9, 9, 3] = {0}\n%9 \"y\": float32[] = conv2d(%0, %1)"),
      "operator 0 conv2d 'y' › a kernel of 9 x 9 does not fit into a picture of 8 x 8");
  EXPECT_EQ(InferError("const %1 \"w\": float32[4, 3, 3, 3] = {0}\n"
                       "%9 \"y\": float32[] = conv2d(%0, %1) stride_h=0"),
            "operator 0 conv2d 'y' › has a stride or dilation of 0");
  EXPECT_EQ(
      InferError("const %1 \"w\": float32[1, 3, 3, 4] = {0}\n"
                 "%9 \"y\": float32[] = depthwise_conv2d(%0, %1)"),
      "operator 0 depthwise_conv2d 'y' › the filter [1, 3, 3, 4] does not divide over 3 input "
      "channels");
  EXPECT_EQ(
      InferError("%9 \"y\": float32[] = reshape(%0) shape=[7, -1]"),
      "operator 0 reshape 'y' › an input of shape [1, 8, 8, 3] cannot take the shape [7, -1]");
  EXPECT_EQ(InferError("%9 \"y\": float32[] = reshape(%0) shape=[-1, -1]"),
            "operator 0 reshape 'y' › the target shape is [-1, -1]; at most one -1 is allowed");
  EXPECT_EQ(InferError("%9 \"y\": float32[] = mean(%0) axes=[2, 1]"),
            "operator 0 mean 'y' › the axes are not rising numbers below 4");
  EXPECT_EQ(InferError("const %1 \"b\": float32[2] = {0}\n%9 \"y\": float32[] = add(%0, %1)"),
            "operator 0 add 'y' › an operand of shape [2] does not broadcast over [1, 8, 8, 3]");
  EXPECT_EQ(InferError("%9 \"y\": float32[] = add(%0)"),
            "operator 0 add 'y' › has 1 inputs, 2 expected");
  EXPECT_EQ(InferError("%9 \"y\": float32[] = pad(%0) before=[0, -1, 0, 0] after=[0, 0, 0, 0]"),
            "operator 0 pad 'y' › has a padding of -1");
}

// The types that go together in layers, and some that do not.
TEST(Infer, LayersTakeTheTypesThatGoTogether) {
  auto error = [](const char* x, const char* weights, const char* bias, const char* y) {
    std::string text =
        base::Cat("input %0 \"x\": ", x, "[1, 3] scale=1\nconst %1 \"w\": ", weights,
                  "[2, 3] scale=1 = {1}\nconst %2 \"b\": ", bias, "[2] = {0}\n%3 \"y\": ", y,
                  "[1, 2] scale=1 = fully_connected(%0, %1, %2)\noutput %3\n");
    auto graph = FromText(text);
    EXPECT_TRUE(!graph || tensor::NameOf(graph->value(3).dtype) == y);
    return graph ? std::string("fine") : graph.error().message;
  };
  EXPECT_EQ(error("float32", "float32", "float32", "float32"), "fine");
  EXPECT_EQ(error("float32", "int8", "float32", "float32"), "fine");
  EXPECT_EQ(error("uint8", "uint8", "int32", "uint8"), "fine");
  EXPECT_EQ(error("int8", "int8", "int32", "int8"), "fine");
  EXPECT_EQ(error("int16", "int8", "int64", "int16"), "fine");
  EXPECT_EQ(error("int16", "int8", "int32", "int16"), "fine");
  EXPECT_EQ(
      error("int8", "int8", "float32", "int8"),
      "weights of type int8 with a bias of type float32 do not go with an input of type int8");
  EXPECT_NE(error("int8", "float32", "float32", "int8"), "fine");
  EXPECT_NE(error("float32", "float16", "float32", "float32"), "fine");
  EXPECT_NE(error("float32", "int8", "int32", "float32"), "fine");
  EXPECT_NE(error("uint8", "int8", "int32", "uint8"), "fine");
  EXPECT_EQ(InferError("%9 \"y\": int32[] = quantize(%0) dtype=int32"),
            "operator 0 quantize 'y' › makes int32 of float32");
  EXPECT_EQ(InferError("%9 \"y\": float32[] = dequantize(%0)"),
            "operator 0 dequantize 'y' › reads float32");
  EXPECT_EQ(InferError("const %1 \"b\": int32[3] = {0}\n%9 \"y\": float32[] = add(%0, %1)"),
            "operator 0 add 'y' › the operands are float32 and int32");
}

TEST(Infer, FollowsComputedShapes) {
  Graph graph = MustParse(R"(
    input %0 "x": float32[-1, 1, 1, 6]
    const %1 "six": int32[] = {6}
    %2 "shape": int32[4] = shape(%0)
    %3 "batch": int32[] = strided_slice(%2) begin=[0] size=[1] stride=[1] dropped=[0]
    %4 "target": int32[2] = pack(%3, %1)
    %5 "flat": float32[-1, 6] = reshape(%0, %4)
    output %5)");
  EXPECT_EQ(graph.value(graph.outputs[0]).shape, (tensor::Shape{-1, 6}));
  std::vector<tensor::Shape> shapes = {{5, 1, 1, 6}};
  ASSERT_TRUE(BindInputShapes(graph, shapes));
  EXPECT_EQ(graph.value(graph.outputs[0]).shape, (tensor::Shape{5, 6}));
}

// TensorFlow's rule, worked out by hand for inputs of 7 and 8 pixels.
TEST(Infer, SamePaddingPutsTheOddPixelAtTheEnd) {
  ConvolutionAttributes op{.stride_h = 2, .stride_w = 2, .padding = {.kind = PaddingKind::kSame}};
  EXPECT_EQ(ResolvePadding(op, 8, 7, 3, 3), (PaddingCounts{0, 1, 1, 1}));
  EXPECT_EQ(ResolvePadding(op, 8, 8, 5, 2), (PaddingCounts{1, 2, 0, 0}));
  op.dilation_h = op.dilation_w = 2;
  EXPECT_EQ(ResolvePadding(op, 8, 7, 3, 1), (PaddingCounts{1, 2, 0, 0}));
}

TEST(Infer, InputsTakeOnlyShapesThatFit) {
  Graph graph = MustParse(kToy);
  std::vector<tensor::Shape> wrong = {{1, 8, 9, 3}};
  Status status = BindInputShapes(graph, wrong);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().ToString(),
            "the input 'x' takes float32[-1, 8, 8, 3], not the shape [1, 8, 9, 3]");
}

TEST(Verify, FindsBrokenGraphs) {
  Graph good = MustParse(kToy);
  ASSERT_TRUE(Verify(good));
  auto broken = [&](auto change) {
    Graph graph = good;
    change(graph);
    Status status = Verify(graph);
    return status ? std::string("fine") : status.error().message;
  };
  EXPECT_NE(broken([](Graph& g) { g.nodes[0].inputs[0] = 99; }).find("does not exist"),
            std::string::npos);
  EXPECT_NE(broken([](Graph& g) { std::swap(g.nodes[0], g.nodes[1]); }).find("before anything"),
            std::string::npos);
  EXPECT_NE(broken([](Graph& g) { g.nodes[1].output = g.nodes[0].output; }).find("exists already"),
            std::string::npos);
  EXPECT_NE(broken([](Graph& g) { g.values[2].shape = {5}; }).find("bytes"), std::string::npos);
  EXPECT_NE(broken([](Graph& g) { g.values[3].shape[1] = 5; }).find("is said to make"),
            std::string::npos);
  EXPECT_NE(broken([](Graph& g) { g.outputs.clear(); }).find("no output"), std::string::npos);
  EXPECT_NE(broken([](Graph& g) { g.nodes.pop_back(); }).find("nothing makes"), std::string::npos);
  EXPECT_NE(broken([](Graph& g) { g.inputs.push_back(1); }).find("twice"), std::string::npos);
}

TEST(Verify, QuantizationFits) {
  auto error = [](const char* quantization) {
    auto graph = FromText(base::Cat(
        "input %0 \"x\": int8[1, 3] scale=1\nconst %1 \"w\": int8[2, 3] ", quantization,
        " = {1}\n%2 \"y\": int8[1, 2] scale=1 = ", "fully_connected(%0, %1)\noutput %2\n"));
    return graph ? std::string("fine") : graph.error().ToString();
  };
  EXPECT_EQ(error("scale=0.5 zero_point=3"), "fine");
  EXPECT_EQ(error("scale=[1, 2]"), "fine");
  EXPECT_EQ(error("scale=[1, 2, 3] axis=1"), "fine");
  EXPECT_EQ(error("scale=[1, 2] zero_point=[1]"), "'w' › has 2 scales but 1 zero points");
  EXPECT_EQ(error("scale=[1, 2] axis=1"),
            "'w' › of shape [2, 3] has 2 scales, which do not fit its dimension 1");
  EXPECT_EQ(error("scale=[1, 2] axis=-1"),
            "'w' › of shape [2, 3] has 2 scales, which do not fit its dimension -1");
  EXPECT_EQ(error("scale=1 zero_point=200"), "'w' › has a zero point of 200, which is no int8");
  EXPECT_EQ(error(""),
            "operator 0 fully_connected 'y' computes with 'w', which is int8 without a scale");
}

TEST(Cost, CountsMultiplyAdds) {
  Graph graph = MustParse(kToy);
  ASSERT_TRUE(BindDefaultShapes(graph));
  EXPECT_EQ(MultiplyAdds(graph, graph.nodes[0]), 4 * 4 * 4 * 27);
  EXPECT_EQ(ParameterCount(graph), 4 * 27 + 4);
}

}  // namespace
}  // namespace goldcrest::graph
