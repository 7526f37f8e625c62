// Frozen graphs: what becomes of their nodes, and where they begin and end.
#include <gtest/gtest.h>

#include <cmath>

#include "formats/tensorflow_testing.h"
#include "graph/text.h"

namespace goldcrest::formats::tensorflow {
namespace {

using testing::NodeMaker;
using testing::SetFlag;
using testing::SetList;
using testing::SetText;

void SetMask(proto::NodeDef& slice, const std::string& mask) {
  (*slice.mutable_attr())[mask].set_i(1);
}

// The lines of the text form that are operators.
std::string Operators(const graph::Graph& graph) {
  std::string operators;
  const std::string text = graph::ToText(graph);
  for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    const std::string line = text.substr(at, text.find('\n', at) - at + 1);
    if (line.find("%") == line.find_first_not_of(' ')) operators += line;
  }
  return operators;
}

TEST(TensorFlowGraph, IdentitiesControlInputsAndFunctionsAreGone) {
  EXPECT_EQ(Operators(MustImport(testing::SmallNetwork())),
            R"(%2 "conv": float32[-1, 8, 8, 4] = conv2d(%0, %1) padding=same
%7 "bn": float32[-1, 8, 8, 4] = batch_norm(%2, %3, %4, %5, %6) epsilon=1e-04
%8 "relu": float32[-1, 8, 8, 4] = activate(%7) activation=relu6
%9 "mean_of": float32[-1, 4] = mean(%8) axes=[1, 2]
%11 "BiasAdd": float32[-1, 5] = fully_connected(%9, %10, %12)
%13 "probabilities": float32[-1, 5] = softmax(%11)
)");
}

TEST(TensorFlowGraph, PrimitivesBecomeWhatTheyStandFor) {
  EXPECT_EQ(
      Operators(MustImport(testing::SmallNetworkSpelledOut())),
      R"(%2 "depthwise": float32[-1, 8, 8, 4] = depthwise_conv2d(%0, %1) dilation_h=2 dilation_w=2 padding=2,2,2,2
%7 "bn": float32[-1, 8, 8, 4] = batch_norm(%2, %3, %4, %5, %6) epsilon=0.0010000000474974513
%8 "flat": float32[-1, 256] = reshape(%7) shape=[-1, 256]
)");
}

TEST(TensorFlowGraph, WhatIsStatedDecidesWhereItBeginsAndEnds) {
  const proto::GraphDef def = testing::SmallNetwork();
  graph::Graph part = MustImport(
      def, {.input_arrays = {"conv:0"}, .output_arrays = {"relu"}, .input_shapes = {{2, 5, 5, 4}}});
  EXPECT_EQ(part.input_names, std::vector<std::string>{"conv"});
  EXPECT_EQ(part.output_names, std::vector<std::string>{"relu"});
  EXPECT_EQ(part.value(part.outputs[0]).shape, (tensor::Shape{2, 5, 5, 4}));
  EXPECT_EQ(part.nodes.size(), 2);
  EXPECT_TRUE(part.metadata.notes.empty());
  graph::Graph guessed = MustImport(def);
  ASSERT_EQ(guessed.metadata.notes.size(), 1);
  EXPECT_NE(guessed.metadata.notes[0].find("read from x to probabilities, which is a guess"),
            std::string::npos);
  EXPECT_ERROR("the graph has no node 'y'", def, {.input_arrays = {"y"}});
  EXPECT_ERROR("there is no node 'y'", def, {.output_arrays = {"y"}});
  EXPECT_ERROR("state it with --input-shapes", def, {.input_arrays = {"conv"}});
  EXPECT_ERROR("has 2 shapes, the model 1 inputs", def, {.input_shapes = {{1}, {1}}});
  EXPECT_ERROR("it is not among the inputs", def,
               {.input_arrays = {"gamma"}, .input_shapes = {{4}}});
  EXPECT_ERROR("do not depend on 'dense'", def,
               {.input_arrays = {"x", "dense"}, .output_arrays = {"relu"}});
  EXPECT_ERROR("the output 'bn:1' is no tensor that the model computes", def,
               {.output_arrays = {"bn:1"}});
  EXPECT_ERROR("goes with a SavedModel", def, {.signature_key = "serve"});
}

TEST(TensorFlowGraph, SeveralPossibleOutputsAreAnError) {
  NodeMaker make = OneNode("Relu", {"x"});
  make.Add("Relu6", "other", {"x"});
  EXPECT_ERROR("2 tensors that nothing reads: node, other; name the model's output", make.graph);
  EXPECT_EQ(MustImport(make.graph, {.output_arrays = {"node", "other"}}).outputs.size(), 2);
  NodeMaker none;
  none.Placeholder("x", {1});
  EXPECT_ERROR("0 tensors that nothing reads", none.graph);
}

// Without beta, with gamma in front, and with a number for each pixel, which is none.
TEST(TensorFlowGraph, BatchNormalizationsAreRecognizedHoweverTheyAreWritten) {
  auto network = [](bool negated, const std::vector<int64_t>& shape) {
    NodeMaker make;
    make.Placeholder("x", {1, 2, 3, 4});
    make.Floats("mean", shape);
    make.Floats("gamma", {4});
    make.Floats("variance", {4}, {1, 2, 3, 4});
    make.Floats("epsilon", {}, {0.5F});
    make.Add("Add", "sum", {"epsilon", "variance"});
    make.Add("Rsqrt", "root", {"sum"});
    make.Add("Mul", "m", {"gamma", "root"});
    make.Add("Mul", "scaled", {"m", "x"});
    if (negated) {
      make.Add("Neg", "minus", {"mean"});
      make.Add("Mul", "offset", {"minus", "m"});
    } else {
      make.Floats("beta", {4});
      make.Add("Mul", "product", {"m", "mean"});
      make.Add("Sub", "offset", {"beta", "product"});
    }
    make.Add("AddV2", "y", {"offset", "scaled"});
    return MustImport(make.graph);
  };
  const std::string recognized =
      "%5 \"y\": float32[1, 2, 3, 4] = batch_norm(%0, %1, %2, %3, %4) epsilon=0.5\n";
  EXPECT_EQ(Operators(network(true, {4})), recognized);
  EXPECT_EQ(Operators(network(false, {1, 1, 1, 4})), recognized);
  EXPECT_EQ(Operators(network(false, {3, 4})),
            R"(%2 "scaled": float32[1, 2, 3, 4] = mul(%0, %1)
%4 "y": float32[1, 2, 3, 4] = add(%2, %3)
)");
}

TEST(TensorFlowGraph, Arithmetic) {
  NodeMaker make;
  make.Placeholder("x", {1, 2, 3, 4});
  make.Floats("scale", {}, {4});
  make.Floats("offset", {4}, {1, 2, 3, 4});
  make.Floats("zero", {}, {0});
  make.Floats("six", {}, {6});
  make.Add("RealDiv", "quotient", {"x", "scale"});
  make.Add("Sub", "difference", {"quotient", "offset"});
  make.Add("Sub", "turned", {"offset", "difference"});
  make.Add("Maximum", "relu", {"zero", "turned"});
  make.Add("Minimum", "relu6", {"relu", "six"});
  EXPECT_EQ(Operators(MustImport(make.graph)),
            R"(%2 "quotient": float32[1, 2, 3, 4] = mul(%0, %1)
%4 "difference": float32[1, 2, 3, 4] = add(%2, %3)
%7 "turned/negated": float32[1, 2, 3, 4] = mul(%4, %6)
%8 "turned": float32[1, 2, 3, 4] = add(%7, %5)
%9 "relu": float32[1, 2, 3, 4] = activate(%8)
%10 "relu6": float32[1, 2, 3, 4] = activate(%9) activation=relu6
)");
}

TEST(TensorFlowGraph, ShapesThatAreComputed) {
  NodeMaker make;
  make.Placeholder("x", {-1, 2, 3, 4});
  make.Add("Shape", "shape", {"x"});
  make.Integers("one", {1}, {1});
  make.Integers("two", {1}, {2});
  make.Integers("last", {1}, {-1});
  make.Integers("axis", {}, {0});
  SetMask(make.Add("StridedSlice", "front", {"shape", "one", "one", "one"}), "begin_mask");
  SetMask(make.Add("StridedSlice", "back", {"shape", "last", "one", "one"}), "end_mask");
  SetMask(make.Add("StridedSlice", "middle", {"shape", "one", "two", "one"}), "shrink_axis_mask");
  make.Add("Mul", "product", {"middle", "back"});
  make.Add("ConcatV2", "target", {"front", "product", "last", "axis"});
  make.Add("Reshape", "y", {"x", "target"});
  make.Add("ExpandDims", "expanded", {"y", "two"});
  SetList(make.Add("Squeeze", "squeezed", {"expanded"}), "squeeze_dims", {-2});
  EXPECT_EQ(Operators(MustImport(make.graph)),
            R"(%1 "y": float32[-1, 8, 3] = reshape(%0) shape=[-1, 8, 3]
%2 "expanded": float32[-1, 8, 1, 3] = reshape(%1) shape=[-1, 8, 1, 3]
%3 "squeezed": float32[-1, 8, 3] = reshape(%2) shape=[-1, 8, 3]
)");
}

TEST(TensorFlowGraph, WhatIsNotReadIsNamed) {
  EXPECT_ERROR("node 'node' (Erf) › the operator is not supported; supported are Abs, Add, AddV2",
               OneNode("Erf", {"x"}).graph);
  NodeMaker make = OneNode("MaxPool", {"x"});
  proto::NodeDef& pool = *make.graph.mutable_node(1);
  SetText(pool, "data_format", "NCHW");
  EXPECT_ERROR("the data format is NCHW; only NHWC is read", make.graph);
  SetText(pool, "data_format", "NHWC");
  SetText(pool, "padding", "SAME");
  EXPECT_ERROR("'ksize' is []", make.graph);
  SetList(pool, "ksize", {1, 2, 2, 2});
  EXPECT_ERROR("'ksize' is [1, 2, 2, 2]; [1, height, width, 1] is read", make.graph);
  SetFlag(pool, "ksize", true);
  EXPECT_ERROR("of another kind", make.graph);
  make = OneNode("FusedBatchNormV3", {"x", "v", "v", "v", "v"});
  make.Floats("v", {4});
  EXPECT_ERROR("is in training", make.graph);
  make = OneNode("Conv2D", {"x", "w"});
  SetList(*make.graph.mutable_node(1), "strides", {1, 1, 1, 1});
  SetText(*make.graph.mutable_node(1), "padding", "SAME");
  make.Add("VariableV2", "w", {});
  EXPECT_ERROR("freeze the graph's variables first", make.graph);
  make = OneNode("BatchToSpaceND", {"x", "i", "i"});
  make.Integers("i", {2}, {1, 1});
  EXPECT_ERROR("block", make.graph);
  make = OneNode("Relu", {"space"});
  make.Add("SpaceToBatchND", "space", {"x", "i", "i"});
  make.Integers("i", {2}, {1, 1});
  EXPECT_ERROR("SpaceToBatchND is read before one convolution only", make.graph);
  make = OneNode("Relu", {"number"});
  make.Integers("number", {2}, {1, 1});
  EXPECT_ERROR("only shapes are integers here", make.graph);
  make = OneNode("FakeQuantWithMinMaxVars", {"x", "x", "x"});
  EXPECT_ERROR("input 1, 'x', is no constant of float32", make.graph);
}

TEST(TensorFlowGraph, PartsAndSeveralOutputs) {
  NodeMaker make;
  make.Placeholder("x", {-1, 6, 4});
  make.Integers("one", {}, {1});
  make.Integers("two", {}, {2});
  (*make.Add("Split", "halves", {"two", "x"}).mutable_attr())["num_split"].set_i(2);
  make.Integers("sizes", {3}, {1, -1, 2});
  (*make.Add("SplitV", "rows", {"halves:1", "sizes", "one"}).mutable_attr())["num_split"].set_i(3);
  (*make.Add("Unpack", "columns", {"rows:1"}).mutable_attr())["axis"].set_i(-1);
  (*make.Add("Pack", "packed", {"columns:1", "columns"}).mutable_attr())["axis"].set_i(1);
  make.Integers("begin", {3}, {0, 1, 0});
  make.Integers("size", {3}, {-1, 1, 2});
  make.Add("Slice", "slice", {"packed", "begin", "size"});
  make.Integers("from", {2}, {0, -1});
  make.Integers("to", {2}, {0, 0});
  make.Integers("by", {2}, {1, 1});
  proto::NodeDef& strided = make.Add("StridedSlice", "last", {"slice", "from", "to", "by"});
  SetMask(strided, "begin_mask");
  SetMask(strided, "end_mask");
  (*strided.mutable_attr())["shrink_axis_mask"].set_i(2);
  EXPECT_EQ(
      Operators(MustImport(make.graph)),
      R"(%1 "halves:1": float32[-1, 6, 2] = strided_slice(%0) begin=[0, 0, 2] size=[-1, -1, 2] stride=[1, 1, 1]
%2 "rows:1": float32[-1, 3, 2] = strided_slice(%1) begin=[0, 1, 0] size=[-1, 3, -1] stride=[1, 1, 1]
%3 "columns": float32[-1, 3] = strided_slice(%2) begin=[0, 0, 0] size=[-1, -1, 1] stride=[1, 1, 1] dropped=[2]
%4 "columns:1": float32[-1, 3] = strided_slice(%2) begin=[0, 0, 1] size=[-1, -1, 1] stride=[1, 1, 1] dropped=[2]
%5 "packed/part_0": float32[-1, 1, 3] = reshape(%4) shape=[-1, 1, 3]
%6 "packed/part_1": float32[-1, 1, 3] = reshape(%3) shape=[-1, 1, 3]
%7 "packed": float32[-1, 2, 3] = concatenation(%5, %6) axis=1
%8 "slice": float32[-1, 1, 2] = strided_slice(%7) begin=[0, 1, 0] size=[-1, 1, 2] stride=[1, 1, 1]
%9 "last": float32[-1, 2] = strided_slice(%8) begin=[0, 0, 0] size=[-1, 1, -1] stride=[1, 1, 1] dropped=[1]
)");
  const graph::Graph ends = MustImport(
      make.graph, {.input_arrays = {"x"}, .output_arrays = {"rows:2", "rows", "columns:1"}});
  EXPECT_EQ(ends.outputs.size(), 3);
  EXPECT_EQ(ends.value(ends.outputs[0]).shape, (tensor::Shape{-1, 2, 2}));
  EXPECT_ERROR("no tensor that the model computes", make.graph,
               {.input_arrays = {"x"}, .output_arrays = {"rows:3"}});
}

TEST(TensorFlowGraph, PartsThatDoNotFit) {
  auto with = [](std::string_view op, const std::vector<int32_t>& sizes, int64_t count) {
    NodeMaker make = OneNode(op, {});
    proto::NodeDef& node = *make.graph.mutable_node(1);
    if (op == "Split") {
      for (const char* input : {"axis", "x"}) node.add_input(input);
    } else {
      for (const char* input : {"x", "sizes", "axis"}) node.add_input(input);
    }
    (*node.mutable_attr())["num_split"].set_i(count);
    make.Integers("axis", {}, {1});
    make.Integers("sizes", {static_cast<int64_t>(sizes.size())}, sizes);
    return make.graph;
  };
  EXPECT_ERROR("makes 4 parts of 6", with("Split", {1}, 4));
  EXPECT_ERROR("makes 0 parts of 6", with("Split", {1}, 0));
  EXPECT_ERROR("makes 100000 parts", with("Split", {1}, 100000));
  EXPECT_ERROR("the parts are more than 6", with("SplitV", {5, 5, -1}, 3));
  EXPECT_ERROR("a part of 7 of 6", with("SplitV", {7}, 1));
  EXPECT_ERROR("a part of -2 of 6", with("SplitV", {-2}, 1));
}

TEST(TensorFlowGraph, Pictures) {
  NodeMaker make = OneNode("ResizeBilinear", {"x", "size"});
  make.Integers("size", {2}, {12, 8});
  SetFlag(*make.graph.mutable_node(1), "half_pixel_centers", true);
  proto::NodeDef& nearest = make.Add("ResizeNearestNeighbor", "nearest", {"node", "size"});
  SetFlag(nearest, "align_corners", true);
  (*make.Add("SpaceToDepth", "deep", {"nearest"}).mutable_attr())["block_size"].set_i(4);
  (*make.Add("DepthToSpace", "flat", {"deep"}).mutable_attr())["block_size"].set_i(2);
  make.Integers("permutation", {4}, {0, 3, 1, 2});
  make.Add("Transpose", "turned", {"flat", "permutation"});
  make.Integers("axis", {}, {1});
  make.Add("ArgMax", "best", {"turned", "axis"});
  (*make.Add("Cast", "real", {"best"}).mutable_attr())["DstT"].set_type(1);
  EXPECT_EQ(
      Operators(MustImport(make.graph)),
      R"(%1 "node": float32[1, 12, 8, 4] = resize_bilinear(%0) height=12 width=8 half_pixel_centers=true
%2 "nearest": float32[1, 12, 8, 4] = resize_nearest(%1) height=12 width=8 align_corners=true
%3 "deep": float32[1, 3, 2, 64] = space_to_depth(%2) block=4
%4 "flat": float32[1, 6, 4, 16] = depth_to_space(%3) block=2
%5 "turned": float32[1, 16, 6, 4] = transpose(%4) permutation=[0, 3, 1, 2]
%6 "best": int64[1, 6, 4] = arg_max(%5) axis=1
%7 "real": float32[1, 6, 4] = cast(%6)
)");
}

TEST(TensorFlowGraph, ArithmeticOfValues) {
  NodeMaker make = OneNode("Exp", {"x"});
  make.Integers("axes", {2}, {1, 2});
  make.Add("Max", "most", {"node", "axes"});
  SetFlag(*make.graph.mutable_node(3), "keep_dims", true);
  make.Add("Sub", "below", {"node", "most"});
  make.Add("Sub", "above", {"most", "below"});
  make.Add("RealDiv", "share", {"above", "most"});
  make.Add("Maximum", "larger", {"most", "share"});
  make.Add("SquaredDifference", "square", {"most", "larger"});
  EXPECT_EQ(Operators(MustImport(make.graph)),
            R"(%1 "node": float32[1, 6, 6, 4] = math(%0) function=exp
%2 "most": float32[1, 1, 1, 4] = reduce(%1) reduction=largest axes=[1, 2] keep_dims=true
%3 "below": float32[1, 6, 6, 4] = sub(%1, %2)
%5 "above/negated": float32[1, 6, 6, 4] = mul(%3, %4)
%6 "above": float32[1, 6, 6, 4] = add(%5, %2)
%7 "share": float32[1, 6, 6, 4] = div(%6, %2)
%8 "larger": float32[1, 6, 6, 4] = maximum(%7, %2)
%9 "square/difference": float32[1, 6, 6, 4] = sub(%8, %2)
%10 "square": float32[1, 6, 6, 4] = math(%9) function=square
)");
  make.Add("RealDiv", "odd", {"most", "share"});
  EXPECT_ERROR("divides [1, 1, 1, 4] by [1, 6, 6, 4]", make.graph,
               {.input_arrays = {"x"}, .output_arrays = {"odd"}});
}

TEST(TensorFlowGraph, FakeQuantsOfActivations) {
  NodeMaker make = OneNode("FakeQuantWithMinMaxArgs", {"x"});
  (*make.graph.mutable_node(1)->mutable_attr())["min"].set_f(-1);
  make.Floats("low", {}, {-2});
  make.Floats("high", {}, {3});
  make.Floats("lows", {4}, {-1, -2, -3, -4});
  make.Floats("highs", {4}, {1, 2, 3, 4});
  proto::NodeDef& vars = make.Add("FakeQuantWithMinMaxVars", "vars", {"node", "low", "high"});
  SetFlag(vars, "narrow_range", true);
  (*vars.mutable_attr())["num_bits"].set_i(4);
  make.Add("FakeQuantWithMinMaxVarsPerChannel", "channels", {"vars", "lows", "highs"});
  const graph::Graph graph = MustImport(make.graph);
  EXPECT_EQ(Operators(graph), R"(%3 "node": float32[1, 6, 6, 4] = fake_quant(%0, %1, %2)
%6 "vars": float32[1, 6, 6, 4] = fake_quant(%3, %4, %5) bits=4 narrow_range=true
%9 "channels": float32[1, 6, 6, 4] = fake_quant(%6, %7, %8) axis=3
)");
  EXPECT_EQ(graph.value(1).constant->As<float>()[0], -1);
  EXPECT_EQ(graph.value(2).constant->As<float>()[0], 6);
}

// The weights of layers stay apart from their ranges, which lie along the channels.
TEST(TensorFlowGraph, FakeQuantsOfWeights) {
  NodeMaker make;
  make.Placeholder("x", {1, 6, 6, 2});
  make.Floats("w", {1, 1, 2, 3});
  make.Floats("lows", {3}, {-1, -2, -3});
  make.Floats("highs", {3}, {1, 2, 3});
  make.Add("FakeQuantWithMinMaxVarsPerChannel", "w/rounded", {"w", "lows", "highs"});
  make.Convolution("Conv2D", "conv", {"x", "w/rounded"});
  make.Floats("b", {3});
  make.Add("BiasAdd", "bias", {"conv", "b"});
  make.Floats("d", {2, 2, 3, 2});
  make.Floats("low", {2}, {-1, -2});
  make.Floats("high", {2}, {1, 2});
  make.Add("FakeQuantWithMinMaxVarsPerChannel", "d/rounded", {"d", "low", "high"});
  make.Convolution("DepthwiseConv2dNative", "depthwise", {"bias", "d/rounded"});
  make.Integers("target", {2}, {36, 6});
  make.Add("Reshape", "rows", {"depthwise", "target"});
  make.Floats("m", {6, 5});
  make.Add("FakeQuantWithMinMaxArgs", "m/rounded", {"m"});
  make.Add("MatMul", "dense", {"rows", "m/rounded"});
  make.Floats("offset", {5});
  make.Add("FakeQuantWithMinMaxArgs", "offset/rounded", {"offset"});
  make.Add("AddV2", "sum", {"dense", "offset/rounded"});
  const graph::Graph graph = MustImport(make.graph);
  EXPECT_EQ(Operators(graph), R"(%4 "w/rounded": float32[3, 1, 1, 2] = fake_quant(%1, %2, %3)
%5 "bias": float32[1, 6, 6, 3] = conv2d(%0, %4, %6) padding=same
%10 "d/rounded": float32[1, 2, 2, 6] = fake_quant(%7, %8, %9) axis=3
%11 "depthwise": float32[1, 6, 6, 6] = depthwise_conv2d(%5, %10) padding=same
%12 "rows": float32[36, 6] = reshape(%11) shape=[36, 6]
%16 "m/rounded": float32[5, 6] = fake_quant(%13, %14, %15)
%17 "dense": float32[36, 5] = fully_connected(%12, %16)
%21 "offset/rounded": float32[5] = fake_quant(%18, %19, %20)
%22 "sum": float32[36, 5] = add(%17, %21)
)");
  const std::span<const float> low = graph.value(8).constant->As<float>();
  EXPECT_EQ(std::vector<float>(low.begin(), low.end()),
            (std::vector<float>{-1, -2, -1, -2, -1, -2}));
  EXPECT_EQ(graph.value(1).name, "w");
}

TEST(TensorFlowGraph, FakeQuantsThatMakeNoSense) {
  NodeMaker make = OneNode("FakeQuantWithMinMaxArgs", {"x"});
  proto::NodeDef& node = *make.graph.mutable_node(1);
  (*node.mutable_attr())["min"].set_f(7);
  EXPECT_ERROR("has the range 7 to 6", make.graph);
  (*node.mutable_attr())["min"].set_f(std::nanf(""));
  EXPECT_ERROR("has the range nan to 6", make.graph);
  (*node.mutable_attr())["min"].set_f(0);
  (*node.mutable_attr())["num_bits"].set_i(1);
  EXPECT_ERROR("counts with 1 bits", make.graph);
  (*node.mutable_attr())["num_bits"].set_i(17);
  EXPECT_ERROR("counts with 17 bits", make.graph);
  make = OneNode("FakeQuantWithMinMaxVarsPerChannel", {"x", "v", "v"});
  make.Floats("v", {3});
  EXPECT_ERROR("input 1 has the shape [3], 4 elements expected", make.graph);
  make = OneNode("FakeQuantWithMinMaxVarsPerChannel", {"v", "v", "v"});
  make.Floats("v", {}, {1});
  EXPECT_ERROR("has a range a channel, but x has the shape []", make.graph);
}

}  // namespace
}  // namespace goldcrest::formats::tensorflow
