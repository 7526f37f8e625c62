// ONNX models of strangers: each is one error, in bounded time and memory.
#include <gtest/gtest.h>

#include "formats/onnx_testing.h"

namespace goldcrest::formats::onnx {
namespace {

using testing::OnnxMaker;
using testing::SetInt;
using testing::SetInts;
using testing::SetString;

TEST(StrangeOnnx, CirclesAndNamesOfNothing) {
  OnnxMaker make = AfterConvolution("Add", {"z"});
  make.Add("Relu", "z", {"y"});
  EXPECT_ONNX_ERROR("reads 'z', which nothing before it makes", make);
  EXPECT_ONNX_ERROR("reads 'nothing', which nothing", AfterConvolution("Add", {"nothing"}));
  EXPECT_ONNX_ERROR("reads 'y'", AfterConvolution("Add", {"y"}));
  make = AfterConvolution("Relu");
  make.Output("nothing");
  EXPECT_ONNX_ERROR("output 'nothing' › reads 'nothing'", make);
  make.graph().clear_output();
  EXPECT_ONNX_ERROR("the graph has no output", make);
  make = AfterConvolution("Relu");
  make.graph().mutable_node(0)->clear_output();
  EXPECT_ONNX_ERROR("a node of the operator Conv has no output", make);
}

TEST(StrangeOnnx, NamesThatTwoThingsHave) {
  OnnxMaker make = AfterConvolution("Relu");
  make.Add("Relu", "y", {"x"});
  EXPECT_ONNX_ERROR("'y' is made twice", make);
  make = AfterConvolution("Relu");
  make.Floats("w", {1});
  EXPECT_ONNX_ERROR("two constants have the name 'w'", make);
  make = AfterConvolution("Relu");
  make.Floats("y", {1});
  EXPECT_ONNX_ERROR("'y' is made twice", make);
  make = AfterConvolution("Relu");
  make.Input("x", {1});
  EXPECT_ONNX_ERROR("'x' is made twice", make);
  make = AfterConvolution("Relu");
  make.Input("conv", {1});
  EXPECT_ONNX_ERROR("'conv' is made twice", make);
  // Files of old list constants among the inputs.
  make = AfterConvolution("Relu");
  make.Input("w", {4, 4, 3, 3});
  EXPECT_EQ(MustReadMade(make).inputs.size(), 1);
}

// A chain of a hundred thousand nodes is a long walk, but no deep one.
TEST(StrangeOnnx, LongChains) {
  OnnxMaker make;
  make.Input("x0", {1});
  for (int i = 0; i < 100000; ++i) {
    make.Add("Identity", base::Cat("x", i + 1), {base::Cat("x", i)});
  }
  make.Add("Relu", "y", {"x100000"});
  make.Output("y");
  EXPECT_EQ(MustReadMade(make).nodes.size(), 1);
}

// Graphs within attributes of graphs.
TEST(StrangeOnnx, DeepNesting) {
  OnnxMaker make = AfterConvolution("If");
  testing::onnx::GraphProto* graph = &make.graph();
  for (int i = 0; i < 100000; ++i) {
    testing::onnx::AttributeProto& attribute = *graph->add_node()->add_attribute();
    attribute.set_type(testing::onnx::AttributeProto::GRAPH);
    graph = attribute.mutable_g();
    if (i == 5) EXPECT_ONNX_ERROR("a node of the operator  has no output", make);
    if (i == 50) EXPECT_ONNX_ERROR("the model is damaged or cut off", make);
    if (i > 2000) break;
  }
  EXPECT_ONNX_ERROR("the model is damaged or cut off", make);
  EXPECT_ONNX_ERROR("it has no control flow", AfterConvolution("If"));
}

TEST(StrangeOnnx, SizesThatCannotBe) {
  auto with_shape = [](const std::vector<int64_t>& shape) {
    OnnxMaker make = AfterConvolution("Add", {"c"});
    testing::onnx::TensorProto& c = *make.graph().add_initializer();
    c.set_name("c");
    c.set_data_type(1);
    for (int64_t d : shape) c.add_dims(d);
    return make;
  };
  EXPECT_ONNX_ERROR("a constant with a dimension of -1", with_shape({-1}));
  EXPECT_ONNX_ERROR("a constant with a dimension of 4294967296", with_shape({int64_t{1} << 32}));
  EXPECT_ONNX_ERROR("a constant of shape [2147483647, 2147483647, 2147483647]",
                    with_shape({INT32_MAX, INT32_MAX, INT32_MAX}));
  EXPECT_ONNX_ERROR("has 0 bytes, not 4294967296", with_shape({1 << 15, 1 << 15}));
  EXPECT_ONNX_ERROR("a constant of 9 dimensions", with_shape({1, 1, 1, 1, 1, 1, 1, 1, 1}));
  OnnxMaker make = with_shape({3});
  make.graph().mutable_initializer(1)->set_raw_data("12345678");
  EXPECT_ONNX_ERROR("a constant of shape [3] has 8 bytes, not 12", make);
  for (int64_t d : {int64_t{-5}, int64_t{1} << 31}) {
    make = AfterConvolution("Relu");
    make.graph()
        .mutable_input(0)
        ->mutable_type()
        ->mutable_tensor_type()
        ->mutable_shape()
        ->mutable_dim(1)
        ->set_dim_value(d);
    EXPECT_ONNX_ERROR("a dimension of ", make);
  }
  // A column times a row.
  make = AfterConvolution("Add", {"product"});
  make.Floats("column", {1 << 13, 1}, std::vector<float>(1 << 13, 1));
  make.Floats("row", {1 << 13}, std::vector<float>(1 << 13, 1));
  testing::onnx::NodeProto sum = LastNode(make);
  LastNode(make).set_op_type("Mul");
  LastNode(make).set_input(0, "column");
  LastNode(make).set_input(1, "row");
  LastNode(make).set_output(0, "product");
  *make.graph().add_node() = sum;
  EXPECT_ONNX_ERROR("the constants are far larger than the file", make);
  // Shapes of a size that no product of them has.
  make = AfterConvolution("Reshape", {"shape"});
  make.Integers("shape", {INT32_MAX, INT32_MAX, INT32_MAX, -1});
  EXPECT_ONNX_ERROR("makes a shape that is too large", make);
  make = AfterConvolution("Reshape", {"shape"});
  make.Integers("shape", {-1, -1});
  EXPECT_ONNX_ERROR("leaves two dimensions open", make);
  make = AfterConvolution("Reshape", {"shape"});
  make.Integers("shape", {0, 0, 0, 0, 0});
  EXPECT_ONNX_ERROR("keeps dimension 4 of 4", make);
  make = AfterConvolution("Reshape", {"shape"});
  make.Integers("shape", {7, -1});
  EXPECT_ONNX_ERROR("a tensor of shape [1, 4, 6, 6] cannot take its shape", make);
}

TEST(StrangeOnnx, AttributesThatCannotBe) {
  auto conv = [](std::string_view name, const std::vector<int64_t>& numbers) {
    OnnxMaker make = AfterConvolution("Relu");
    make.graph().mutable_node(0)->clear_attribute();
    SetInts(*make.graph().mutable_node(0), name, numbers);
    return make;
  };
  EXPECT_ONNX_ERROR("the attribute 'strides' has 0", conv("strides", {0, 1}));
  EXPECT_ONNX_ERROR("the attribute 'strides' has -1", conv("strides", {1, -1}));
  EXPECT_ONNX_ERROR("the attribute 'strides' is [1]", conv("strides", {1}));
  EXPECT_ONNX_ERROR("the attribute 'dilations' has 4294967296",
                    conv("dilations", {1, int64_t{1} << 32}));
  EXPECT_ONNX_ERROR("has a padding of -1", conv("pads", {0, 0, 0, -1}));
  EXPECT_ONNX_ERROR("is not that of the weights", conv("kernel_shape", {3, 5}));
  EXPECT_ONNX_ERROR("has 65 numbers", conv("pads", std::vector<int64_t>(65, 0)));
  OnnxMaker make = AfterConvolution("Relu");
  SetInt(*make.graph().mutable_node(0), "group", 2);
  EXPECT_ONNX_ERROR("a convolution of 4 channels in 2 groups", make);
  make = AfterConvolution("Relu");
  SetString(*make.graph().mutable_node(0), "group", "one");
  EXPECT_ONNX_ERROR("the attribute 'group' is of another kind", make);
  make = AfterConvolution("Transpose");
  SetInts(LastNode(make), "perm", {0, 1, 1, 2});
  EXPECT_ONNX_ERROR("names a dimension twice", make);
  make = AfterConvolution("Flatten");
  SetInt(LastNode(make), "axis", 5);
  EXPECT_ONNX_ERROR("the axis 5 of 4 dimensions", make);
  make = AfterConvolution("Softmax");
  SetInt(LastNode(make), "axis", INT64_MIN);
  EXPECT_ONNX_ERROR("the axis -9223372036854775808 of 4 dimensions", make);
  make = AfterConvolution("Relu");
  make.graph().mutable_node(0)->add_input("x");
  make.graph().mutable_node(0)->add_input("x");
  EXPECT_ONNX_ERROR("has 4 inputs, 2 expected", make);
}

TEST(StrangeOnnx, OperatorsOfOthers) {
  EXPECT_ONNX_ERROR(
      "node 'y' (Fancy) › the operator is not supported; supported are Abs, Add, ArgMax",
      AfterConvolution("Fancy"));
  EXPECT_ONNX_ERROR("write the quantized model with QuantizeLinear",
                    AfterConvolution("QLinearConv"));
  OnnxMaker make = AfterConvolution("Relu");
  LastNode(make).set_domain("com.example");
  EXPECT_ONNX_ERROR("the operator is of the domain 'com.example'", make);
  make = AfterConvolution("MaxPool");
  SetInts(LastNode(make), "kernel_shape", {2, 2});
  LastNode(make).add_output("indices");
  EXPECT_EQ(MustReadMade(make).nodes.size(), 2);
  make.Output("indices");
  EXPECT_ONNX_ERROR("its output 1, 'indices', is read", make);
  make = AfterConvolution("Relu");
  make.model.mutable_opset_import(0)->set_version(6);
  EXPECT_ONNX_ERROR("written for opset 6", make);
  make.model.clear_opset_import();
  EXPECT_ONNX_ERROR("does not say which version", make);
}

TEST(StrangeOnnx, IntegersThatStandForNothing) {
  auto quantized = [](const std::vector<float>& scale, int8_t zero) {
    OnnxMaker make = AfterConvolution("QuantizeLinear", {"scale", "zero"});
    make.Floats("scale", scale.size() == 1 ? std::vector<int64_t>{} : std::vector<int64_t>{2},
                scale);
    make.Bytes("zero", {}, {zero});
    return make;
  };
  EXPECT_ONNX_ERROR("has a scale of 0", quantized({0}, 0));
  EXPECT_ONNX_ERROR("has a scale of -1", quantized({-1}, 0));
  EXPECT_ONNX_ERROR("2 scales and 1 zero points", quantized({1, 1}, 0));
  OnnxMaker make = quantized({1}, 0);
  LastNode(make).set_output(0, "q");
  make.Add("Relu", "y", {"q"});
  EXPECT_ONNX_ERROR("they are read through DequantizeLinear", make);
  make.graph().mutable_node()->RemoveLast();
  make.Floats("other", {}, {2});
  make.Add("DequantizeLinear", "y", {"q", "other", "zero"});
  EXPECT_ONNX_ERROR("its integers stand for reals in two ways", make);
  EXPECT_ONNX_ERROR("lacks input 1", AfterConvolution("QuantizeLinear", {""}));
  make = AfterConvolution("DequantizeLinear", {"scale"});
  make.Floats("scale", {}, {1});
  EXPECT_ONNX_ERROR("reads float32", make);
}

TEST(StrangeOnnx, BytesThatAreNoMessage) {
  auto error = [](const std::string& file) {
    auto graph = Read(base::AsBytes(file), {});
    return graph ? "read" : graph.error().ToString();
  };
  const std::string start("\x08\x08\x3a", 3);
  EXPECT_TRUE(Sniff(base::AsBytes(start)));
  EXPECT_FALSE(Sniff(base::AsBytes(std::string("\x08\x01\x12", 3))));  // a SavedModel
  EXPECT_NE(error(start + "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f").find("is damaged"),
            std::string::npos);
  EXPECT_NE(error(start).find("is damaged"), std::string::npos);
  // Two bytes each, and more of them than any model has.
  std::string empty_nodes;
  for (int i = 0; i < 5000000; ++i) empty_nodes += std::string("\x0a\x00", 2);
  OnnxMaker make;
  std::string file = make.model.SerializeAsString();
  std::string size;
  for (size_t left = empty_nodes.size(); left > 0; left >>= 7) {
    size += static_cast<char>((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
  }
  EXPECT_NE(error(file + "\x3a" + size + empty_nodes).find("more than 4194304 names"),
            std::string::npos);
}

}  // namespace
}  // namespace goldcrest::formats::onnx
