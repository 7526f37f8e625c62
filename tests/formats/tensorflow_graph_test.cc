// Frozen graphs: what becomes of their nodes, where they begin and end, and files of strangers.
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/tensorflow/data_types.h"
#include "graph/text.h"
#include "support/run_graph.h"
#include "support/tensorflow_files.h"

namespace goldcrest::formats::tensorflow {
namespace {

using testing::NodeMaker;
using testing::SetFlag;
using testing::SetList;
using testing::SetText;

Result<graph::Graph> Read(const proto::GraphDef& def, const ImportOptions& options = {}) {
  const std::string file = def.SerializeAsString();
  return ReadGraph(base::AsBytes(file), options);
}

graph::Graph MustImport(const proto::GraphDef& def, const ImportOptions& options = {}) {
  auto graph = Read(def, options);
  if (!graph) {
    ADD_FAILURE() << graph.error().ToString();
    return testing::MustParse("graph \"none\"\ninput %0 \"x\": float32[1]\noutput %0\n");
  }
  return std::move(*graph);
}

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

std::string ErrorOf(const proto::GraphDef& def, const ImportOptions& options = {}) {
  auto graph = Read(def, options);
  return graph ? "read" : graph.error().ToString();
}

#define EXPECT_ERROR(part, def, ...)                                   \
  {                                                                    \
    const std::string error = ErrorOf(def __VA_OPT__(, ) __VA_ARGS__); \
    EXPECT_NE(error.find(part), std::string::npos) << error;           \
  }

// A placeholder of 1 x 6 x 6 x 4 and one more node after it.
NodeMaker OneNode(std::string_view op, std::vector<std::string> inputs) {
  NodeMaker make;
  make.Placeholder("x", {1, 6, 6, 4});
  make.Add(op, "node", std::move(inputs));
  return make;
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
  EXPECT_ERROR("node 'node' (Erf) › the operator is not supported; supported are Add, AddV2",
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
  EXPECT_ERROR("not read yet", make.graph);
}

TEST(TensorFlowGraph, CirclesAndNamesOfNothing) {
  NodeMaker make = OneNode("Relu", {"x"});
  make.Add("Add", "a", {"b", "node"});
  make.Add("Add", "b", {"a", "node"});
  EXPECT_ERROR("goes round in a circle through 'a'", make.graph, {.output_arrays = {"a"}});
  make = OneNode("Identity", {"again"});
  make.Add("Identity", "again", {"node"});
  EXPECT_ERROR("in a circle", make.graph, {.output_arrays = {"again"}});
  EXPECT_ERROR("node 'node' › there is no node 'y'", OneNode("Relu", {"y"}).graph);
  EXPECT_ERROR("names no tensor", OneNode("Relu", {":0"}).graph);
  EXPECT_ERROR("names no tensor", OneNode("Relu", {"x:70000"}).graph);
  EXPECT_ERROR("names no tensor", OneNode("Relu", {"x:-1"}).graph);
  EXPECT_ERROR("has 0 inputs", OneNode("Relu", {"^x"}).graph);
  EXPECT_ERROR("has no input 3", OneNode("IdentityN", {"x"}).graph, {.output_arrays = {"node:3"}});
  make = OneNode("Relu", {"x"});
  make.Add("Relu", "node", {"x"});
  EXPECT_ERROR("two nodes have the name 'node'", make.graph);
}

// A chain of a hundred thousand nodes is a long walk, but no deep one.
TEST(TensorFlowGraph, LongChains) {
  NodeMaker make = OneNode("Relu", {"identity_99999"});
  for (int i = 0; i < 100000; ++i) {
    make.Add("Identity", base::Cat("identity_", i), {i == 0 ? "x" : base::Cat("identity_", i - 1)});
  }
  EXPECT_EQ(MustImport(make.graph).nodes.size(), 1);
}

// Each calls the one before twice, or the last itself.
TEST(TensorFlowGraph, FunctionsThatMultiplyOrNeverEnd) {
  auto graph = [](int depth, bool endless) {
    NodeMaker make = OneNode(base::Cat("f", depth - 1), {"x"});
    for (int i = 0; i < depth; ++i) {
      proto::FunctionDef& function = *make.graph.mutable_library()->add_function();
      function.mutable_signature()->set_name(base::Cat("f", i));
      function.mutable_signature()->add_input_arg()->set_name("in");
      function.mutable_signature()->add_output_arg()->set_name("out");
      NodeMaker body;
      const std::string callee = endless ? base::Cat("f", i) : base::Cat("f", i - 1);
      if (i == 0 && !endless) {
        body.Add("Relu", "sum", {"in"});
      } else {
        body.Add(callee, "a", {"in"});
        body.Add(callee, "b", {"a:out:0"});
        body.Add("Add", "sum", {"a:out:0", "b:out:0"});
      }
      function.mutable_node_def()->CopyFrom(body.graph.node());
      (*function.mutable_ret())["out"] = "sum:z:0";
    }
    return make.graph;
  };
  EXPECT_EQ(MustImport(graph(3, false)).nodes.size(), 7);
  EXPECT_ERROR("more than 262144 nodes", graph(40, false));
  EXPECT_ERROR("functions call each other 64 deep, or themselves", graph(1, true));
}

TEST(TensorFlowGraph, SizesThatCannotBe) {
  auto with_shape = [](const std::vector<int64_t>& shape) {
    NodeMaker make = OneNode("Add", {"x", "c"});
    make.Floats("c", {1}, {1});
    proto::TensorProto& c =
        *make.graph.mutable_node(2)->mutable_attr()->at("value").mutable_tensor();
    c.mutable_tensor_shape()->Clear();
    for (int64_t d : shape) c.mutable_tensor_shape()->add_dim()->set_size(d);
    return make.graph;
  };
  EXPECT_ERROR("a dimension of -1", with_shape({-1}));
  EXPECT_ERROR("a dimension of 4294967296", with_shape({int64_t{1} << 32}));
  EXPECT_ERROR("a constant of shape [2147483647, 2147483647, 2147483647]",
               with_shape({INT32_MAX, INT32_MAX, INT32_MAX}));
  EXPECT_ERROR("the constants are far larger than the file", with_shape({1 << 15, 1 << 15}));
  EXPECT_ERROR("a tensor of 9 dimensions", with_shape({1, 1, 1, 1, 1, 1, 1, 1, 1}));
  NodeMaker make = OneNode("Add", {"x", "c"});
  make.Floats("c", {3}, {1, 2});
  EXPECT_ERROR("a constant of shape [3] has 8 bytes, not 12", make.graph);
  make = OneNode("Relu", {"x"});
  make.graph.mutable_node(0)->mutable_attr()->at("shape").mutable_shape()->mutable_dim(1)->set_size(
      -5);
  EXPECT_ERROR("a dimension of -5", make.graph);
  // A column times a row, a matrix times a matrix, …
  make = OneNode("Add", {"x", "product"});
  make.Floats("column", {1 << 13, 1}, {1});
  make.Floats("row", {1 << 13}, {1});
  make.Add("Mul", "product", {"column", "row"});
  EXPECT_ERROR("the constants are far larger than the file", make.graph);
  for (const std::vector<int64_t>& shape :
       {std::vector<int64_t>{0, INT32_MAX, INT32_MAX, 4}, {INT32_MAX, INT32_MAX, 0, 0}}) {
    make = OneNode("Conv2D", {"x", "w"});
    SetList(*make.graph.mutable_node(1), "strides", {1, 1, 1, 1});
    SetText(*make.graph.mutable_node(1), "padding", "SAME");
    make.Floats("w", {1}, {1});
    *make.graph.mutable_node(2)->mutable_attr()->at("value").mutable_tensor() =
        *with_shape(shape).mutable_node(2)->mutable_attr()->at("value").mutable_tensor();
    EXPECT_ERROR("4 dimensions, none of them 0, are expected", make.graph);
  }
  make = OneNode("Conv2D", {"x", "w"});
  SetList(*make.graph.mutable_node(1), "strides", {1, 0, 1, 1});
  SetText(*make.graph.mutable_node(1), "padding", "SAME");
  make.Floats("w", {1, 1, 4, 1});
  EXPECT_ERROR("has a stride or dilation of 0", make.graph);
}

TEST(TensorFlowGraph, BytesThatAreNoMessage) {
  auto error = [](const std::string& file) {
    return ReadGraph(base::AsBytes(file), {}).error().ToString();
  };
  const std::string node = std::string("\x0a\x0a\x0a\x01x\x12\x05", 7) + "Const";
  EXPECT_NE(error("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f").find("is damaged or cut off"),
            std::string::npos);
  EXPECT_NE(error(node + "\x0a\xff\xff\xff\xff\x07").find("is damaged or cut off"),
            std::string::npos);
  EXPECT_NE(error(std::string(100000, '\x0b')).find("is damaged or cut off"), std::string::npos);
  EXPECT_NE(error("").find("no placeholder"), std::string::npos);
}

}  // namespace
}  // namespace goldcrest::formats::tensorflow
