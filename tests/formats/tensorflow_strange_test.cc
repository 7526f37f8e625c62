// Frozen graphs of strangers: each is one error, in bounded time and memory.
#include <gtest/gtest.h>

#include "formats/tensorflow_testing.h"

namespace goldcrest::formats::tensorflow {
namespace {

using testing::NodeMaker;
using testing::SetList;
using testing::SetText;

TEST(StrangeTensorFlowGraph, CirclesAndNamesOfNothing) {
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
TEST(StrangeTensorFlowGraph, LongChains) {
  NodeMaker make = OneNode("Relu", {"identity_99999"});
  for (int i = 0; i < 100000; ++i) {
    make.Add("Identity", base::Cat("identity_", i), {i == 0 ? "x" : base::Cat("identity_", i - 1)});
  }
  EXPECT_EQ(MustImport(make.graph).nodes.size(), 1);
}

// Each calls the one before twice, or the last itself.
TEST(StrangeTensorFlowGraph, FunctionsThatMultiplyOrNeverEnd) {
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

TEST(StrangeTensorFlowGraph, SizesThatCannotBe) {
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

TEST(StrangeTensorFlowGraph, BytesThatAreNoMessage) {
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

// Two bytes each, of which protobuf would make a hundred.
TEST(StrangeTensorFlowGraph, MoreNodesThanAnyModelHas) {
  std::string file;
  for (int i = 0; i < (1 << 22) + 1; ++i) file.append("\x0a\0", 2);
  const std::string error = ReadGraph(base::AsBytes(file), {}).error().ToString();
  EXPECT_NE(error.find("more than 4194304 names"), std::string::npos) << error;
}

}  // namespace
}  // namespace goldcrest::formats::tensorflow
