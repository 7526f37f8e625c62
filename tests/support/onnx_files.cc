#include "support/onnx_files.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

namespace goldcrest::testing {
namespace {

onnx::AttributeProto& AddAttribute(onnx::NodeProto& node, std::string_view name,
                                   onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(std::string(name));
  attribute.set_type(type);
  return attribute;
}

std::vector<float> Eighths(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (int64_t d : shape) count *= d;
  std::vector<float> elements;
  for (int64_t i = 0; i < count; ++i) elements.push_back(static_cast<float>(i % 11) / 8 - 0.625F);
  return elements;
}

std::string ModelBytes(const onnx::ModelProto& model) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  model.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace

OnnxMaker::OnnxMaker(int64_t opset) {
  model.set_ir_version(8);
  model.add_opset_import()->set_version(opset);
}

void OnnxMaker::Input(std::string_view name, const std::vector<int64_t>& shape, int32_t type) {
  onnx::ValueInfoProto& input = *graph().add_input();
  input.set_name(std::string(name));
  onnx::TypeProto::Tensor& tensor = *input.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  for (int64_t d : shape) {
    auto& dim = *tensor.mutable_shape()->add_dim();
    if (d < 0) {
      dim.set_dim_param("N");
    } else {
      dim.set_dim_value(d);
    }
  }
}

void OnnxMaker::Output(std::string_view name, int32_t type) {
  onnx::ValueInfoProto& output = *graph().add_output();
  output.set_name(std::string(name));
  output.mutable_type()->mutable_tensor_type()->set_elem_type(type);
}

onnx::NodeProto& OnnxMaker::Add(std::string_view op, std::string_view name,
                                const std::vector<std::string>& inputs) {
  onnx::NodeProto& node = *graph().add_node();
  node.set_op_type(std::string(op));
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(std::string(name));
  return node;
}

onnx::TensorProto& OnnxMaker::AddTensor(std::string_view name, int32_t type,
                                        const std::vector<int64_t>& shape) {
  onnx::TensorProto& tensor = *graph().add_initializer();
  tensor.set_name(std::string(name));
  tensor.set_data_type(type);
  for (int64_t d : shape) tensor.add_dims(d);
  return tensor;
}

void OnnxMaker::Floats(std::string_view name, const std::vector<int64_t>& shape,
                       const std::vector<float>& elements) {
  const std::vector<float> numbers = elements.empty() ? Eighths(shape) : elements;
  onnx::TensorProto& tensor = AddTensor(name, 1, shape);
  tensor.set_raw_data(numbers.data(), numbers.size() * sizeof(float));
}

void OnnxMaker::Integers(std::string_view name, const std::vector<int64_t>& elements) {
  onnx::TensorProto& tensor = AddTensor(name, 7, {static_cast<int64_t>(elements.size())});
  tensor.mutable_int64_data()->Add(elements.begin(), elements.end());
}

void OnnxMaker::Bytes(std::string_view name, const std::vector<int64_t>& shape,
                      const std::vector<int8_t>& elements) {
  AddTensor(name, 3, shape).set_raw_data(elements.data(), elements.size());
}

void OnnxMaker::Int32(std::string_view name, const std::vector<int32_t>& elements) {
  onnx::TensorProto& tensor = AddTensor(name, 6, {static_cast<int64_t>(elements.size())});
  tensor.mutable_int32_data()->Add(elements.begin(), elements.end());
}

onnx::NodeProto& OnnxMaker::Convolution(std::string_view name, std::string_view x,
                                        std::string_view filter) {
  onnx::NodeProto& node = Add("Conv", name, {std::string(x), std::string(filter)});
  SetInts(node, "pads", {1, 1, 1, 1});
  return node;
}

void OnnxMaker::Quantized(std::string_view name, std::string_view x, float scale, int8_t zero) {
  const std::string base(name);
  Floats(base + "/scale", {}, {scale});
  Bytes(base + "/zero", {}, {zero});
  Add("QuantizeLinear", base + "/q", {std::string(x), base + "/scale", base + "/zero"});
  Add("DequantizeLinear", base, {base + "/q", base + "/scale", base + "/zero"});
}

void SetInts(onnx::NodeProto& node, std::string_view name, const std::vector<int64_t>& numbers) {
  auto& ints = *AddAttribute(node, name, onnx::AttributeProto::INTS).mutable_ints();
  ints.Add(numbers.begin(), numbers.end());
}

void SetInt(onnx::NodeProto& node, std::string_view name, int64_t number) {
  AddAttribute(node, name, onnx::AttributeProto::INT).set_i(number);
}

void SetFloat(onnx::NodeProto& node, std::string_view name, float number) {
  AddAttribute(node, name, onnx::AttributeProto::FLOAT).set_f(number);
}

void SetString(onnx::NodeProto& node, std::string_view name, std::string_view text) {
  AddAttribute(node, name, onnx::AttributeProto::STRING).set_s(std::string(text));
}

OnnxMaker SmallOnnxNetwork() {
  OnnxMaker make;
  make.Input("x", {-1, 3, 4, 4});
  make.Floats("w", {6, 3, 3, 3});
  make.Convolution("conv", "x", "w");
  for (const char* name : {"gamma", "beta", "mean"}) make.Floats(name, {6});
  make.Floats("variance", {6}, {1, 2, 3, 4, 5, 6});
  make.Add("BatchNormalization", "bn", {"conv", "gamma", "beta", "mean", "variance"});
  make.Floats("zero", {}, {0});
  make.Floats("six", {}, {6});
  make.Add("Clip", "relu", {"bn", "zero", "six"});
  make.Floats("dw", {6, 1, 3, 3});
  SetInt(make.Convolution("depthwise", "relu", "dw"), "group", 6);
  make.Add("GlobalAveragePool", "pool", {"depthwise"});
  make.Floats("se", {6, 6, 1, 1});
  make.Add("Conv", "excited", {"pool", "se"});
  make.Add("HardSigmoid", "gate", {"excited"});
  make.Add("Mul", "gated", {"depthwise", "gate"});
  make.Add("Add", "sum", {"gated", "relu"});
  // Flattened as exporters of old spell it.
  make.Add("Shape", "shape", {"sum"});
  make.Integers("first", {0});
  make.Add("Gather", "batch", {"shape", "first"});
  make.Integers("rest", {-1});
  SetInt(make.Add("Concat", "target", {"batch", "rest"}), "axis", 0);
  make.Add("Reshape", "flat", {"sum", "target"});
  make.Floats("dense", {96, 5});
  make.Floats("bias", {5});
  make.Add("Gemm", "logits", {"flat", "dense", "bias"});
  make.Add("Softmax", "y", {"logits"});
  make.Output("y");
  return make;
}

OnnxMaker SmallQuantizedOnnxNetwork() {
  OnnxMaker make;
  make.Input("x", {1, 2, 3, 3});
  make.Quantized("xq", "x", 0.0625F, 3);
  std::vector<int8_t> filter;
  for (int i = 0; i < 36; ++i) filter.push_back(static_cast<int8_t>(i * 7 % 41 - 20));
  make.Bytes("w", {2, 2, 3, 3}, filter);
  make.Floats("w/scale", {2}, {0.015625F, 0.03125F});
  make.Bytes("w/zero", {2}, {0, 0});
  SetInt(make.Add("DequantizeLinear", "wq", {"w", "w/scale", "w/zero"}), "axis", 0);
  make.Int32("b", {100, -200});
  make.Floats("b/scale", {2}, {0.0009765625F, 0.001953125F});
  SetInt(make.Add("DequantizeLinear", "bq", {"b", "b/scale"}), "axis", 0);
  onnx::NodeProto& conv = make.Add("Conv", "conv", {"xq", "wq", "bq"});
  SetInts(conv, "pads", {1, 1, 1, 1});
  make.Add("Relu", "relu", {"conv"});
  make.Quantized("activated", "relu", 0.0625F, -128);
  make.Add("Add", "sum", {"activated", "xq"});
  make.Quantized("y", "sum", 0.125F, -10);
  make.Output("y");
  return make;
}

std::vector<std::string> SmallOnnxModels() {
  return {ModelBytes(SmallOnnxNetwork().model), ModelBytes(SmallQuantizedOnnxNetwork().model)};
}

}  // namespace goldcrest::testing
