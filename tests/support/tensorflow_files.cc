#include "support/tensorflow_files.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>

#include "formats/tensorflow/data_types.h"

namespace goldcrest::testing {
namespace {

using formats::tensorflow::kFloat;
using formats::tensorflow::kInt32;

// What reads comes before what is read.
void Reverse(tf::GraphDef& graph) {
  std::reverse(graph.mutable_node()->pointer_begin(), graph.mutable_node()->pointer_end());
}

}  // namespace

tf::TensorProto& AddTensor(tf::NodeDef& node, int32_t type, const std::vector<int64_t>& shape) {
  (*node.mutable_attr())["dtype"].set_type(type);
  tf::TensorProto& tensor = *(*node.mutable_attr())["value"].mutable_tensor();
  tensor.set_dtype(type);
  for (int64_t d : shape) tensor.mutable_tensor_shape()->add_dim()->set_size(d);
  return tensor;
}

std::vector<float> Rising(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (int64_t d : shape) count *= d;
  std::vector<float> elements;
  for (int64_t i = 0; i < count; ++i) elements.push_back(static_cast<float>(i % 13) / 8 - 0.75F);
  return elements;
}

tf::NodeDef& NodeMaker::Add(std::string_view op, std::string_view name,
                            std::vector<std::string> inputs) {
  tf::NodeDef& node = *graph.add_node();
  node.set_op(std::string(op));
  node.set_name(std::string(name));
  for (std::string& input : inputs) node.add_input(std::move(input));
  return node;
}

void NodeMaker::Placeholder(std::string_view name, const std::vector<int64_t>& shape) {
  tf::NodeDef& node = Add("Placeholder", name, {});
  (*node.mutable_attr())["dtype"].set_type(kFloat);
  tf::TensorShapeProto& said = *(*node.mutable_attr())["shape"].mutable_shape();
  for (int64_t d : shape) said.add_dim()->set_size(d);
}

void NodeMaker::Floats(std::string_view name, const std::vector<int64_t>& shape,
                       const std::vector<float>& elements) {
  const std::vector<float> numbers = elements.empty() ? Rising(shape) : elements;
  tf::TensorProto& tensor = AddTensor(Add("Const", name, {}), kFloat, shape);
  if (numbers.size() == 1) {
    tensor.add_float_val(numbers[0]);
  } else {
    tensor.set_tensor_content(numbers.data(), numbers.size() * sizeof(float));
  }
}

void NodeMaker::Integers(std::string_view name, const std::vector<int64_t>& shape,
                         const std::vector<int32_t>& elements) {
  tf::TensorProto& tensor = AddTensor(Add("Const", name, {}), kInt32, shape);
  tensor.mutable_int_val()->Add(elements.begin(), elements.end());
}

tf::NodeDef& NodeMaker::Convolution(std::string_view op, std::string_view name,
                                    std::vector<std::string> inputs, std::string_view padding) {
  tf::NodeDef& node = Add(op, name, std::move(inputs));
  SetList(node, "strides", {1, 1, 1, 1});
  SetText(node, "padding", padding);
  return node;
}

void SetText(tf::NodeDef& node, const std::string& name, std::string_view text) {
  (*node.mutable_attr())[name].set_s(std::string(text));
}

void SetFlag(tf::NodeDef& node, const std::string& name, bool flag) {
  (*node.mutable_attr())[name].set_b(flag);
}

void SetList(tf::NodeDef& node, const std::string& name, const std::vector<int64_t>& numbers) {
  (*node.mutable_attr())[name].mutable_list()->mutable_i()->Add(numbers.begin(), numbers.end());
}

std::string Serialized(const google::protobuf::MessageLite& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

tf::GraphDef SmallNetwork() {
  NodeMaker make;
  make.Placeholder("x", {-1, 8, 8, 3});
  make.Floats("conv/weights", {3, 3, 3, 4});
  make.Add("Identity", "conv/weights/read", {"conv/weights"});
  make.Convolution("Conv2D", "conv", {"x", "conv/weights/read"});
  for (const char* name : {"gamma", "beta", "mean"}) make.Floats(name, {4});
  make.Floats("variance", {4}, {1, 2, 3, 4});
  SetFlag(make.Add("FusedBatchNorm", "bn", {"conv", "gamma", "beta", "mean", "variance"}),
          "is_training", false);
  make.Add("Relu6", "relu", {"bn:0", "^conv"});
  make.Integers("axes", {2}, {1, 2});
  make.Add("Mean", "mean_of", {"relu", "axes"});
  make.Floats("dense/weights", {4, 5});
  make.Floats("dense/bias", {5});
  tf::NodeDef& call =
      make.Add("StatefulPartitionedCall", "dense", {"mean_of", "dense/weights", "dense/bias"});
  (*call.mutable_attr())["f"].mutable_func()->set_name("dense_function");
  make.Add("Softmax", "probabilities", {"dense"});
  Reverse(make.graph);

  NodeMaker body;
  body.Add("MatMul", "MatMul", {"features", "weights"});
  body.Add("BiasAdd", "BiasAdd", {"MatMul:product:0", "bias"});
  tf::FunctionDef& function = *make.graph.mutable_library()->add_function();
  function.mutable_signature()->set_name("dense_function");
  for (const char* name : {"features", "weights", "bias"}) {
    function.mutable_signature()->add_input_arg()->set_name(name);
  }
  function.mutable_signature()->add_output_arg()->set_name("logits");
  function.mutable_node_def()->CopyFrom(body.graph.node());
  (*function.mutable_ret())["logits"] = "BiasAdd:output:0";
  return make.graph;
}

tf::GraphDef SmallNetworkSpelledOut() {
  NodeMaker make;
  make.Placeholder("x", {-1, 8, 8, 4});
  make.Integers("block", {2}, {2, 2});
  make.Integers("paddings", {2, 2}, {2, 2, 2, 2});
  make.Integers("crops", {2, 2}, {0, 0, 0, 0});
  make.Floats("weights", {3, 3, 4, 1});
  make.Add("SpaceToBatchND", "space", {"x", "block", "paddings"});
  make.Convolution("DepthwiseConv2dNative", "depthwise", {"space", "weights"}, "VALID");
  make.Add("BatchToSpaceND", "batch", {"depthwise", "block", "crops"});
  make.Floats("epsilon", {}, {0.001F});
  for (const char* name : {"gamma", "beta", "mean"}) make.Floats(name, {4});
  make.Floats("variance", {4}, {1, 2, 3, 4});
  make.Add("AddV2", "bn/add", {"variance", "epsilon"});
  make.Add("Rsqrt", "bn/rsqrt", {"bn/add"});
  make.Add("Mul", "bn/mul", {"bn/rsqrt", "gamma"});
  make.Add("Mul", "bn/mul_1", {"batch", "bn/mul"});
  make.Add("Mul", "bn/mul_2", {"mean", "bn/mul"});
  make.Add("Sub", "bn/sub", {"beta", "bn/mul_2"});
  make.Add("AddV2", "bn", {"bn/mul_1", "bn/sub"});
  make.Add("Shape", "shape", {"bn"});
  for (const char* name : {"zero", "one"}) make.Integers(name, {1}, {*name == 'o' ? 1 : 0});
  tf::NodeDef& slice = make.Add("StridedSlice", "slice", {"shape", "zero", "one", "one"});
  (*slice.mutable_attr())["shrink_axis_mask"].set_i(1);
  make.Integers("rest", {}, {-1});
  make.Add("Pack", "pack", {"slice", "rest"});
  make.Add("Reshape", "flat", {"bn", "pack"});
  Reverse(make.graph);
  return make.graph;
}

std::vector<std::string> SmallGraphDefs() {
  return {Serialized(SmallNetwork()), Serialized(SmallNetworkSpelledOut())};
}

}  // namespace goldcrest::testing
