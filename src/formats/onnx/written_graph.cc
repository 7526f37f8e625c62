#include "formats/onnx/written_graph.h"

#include "base/check.h"
#include "base/strings.h"

namespace goldcrest::formats::onnx {
namespace {

void SetAttribute(const WrittenAttribute& attribute, proto::AttributeProto& message) {
  message.set_name(std::string(attribute.name));
  if (const auto* number = std::get_if<int64_t>(&attribute.value)) {
    message.set_type(proto::AttributeProto::INT);
    message.set_i(*number);
  } else if (const auto* real = std::get_if<float>(&attribute.value)) {
    message.set_type(proto::AttributeProto::FLOAT);
    message.set_f(*real);
  } else if (const auto* text = std::get_if<std::string>(&attribute.value)) {
    message.set_type(proto::AttributeProto::STRING);
    message.set_s(*text);
  } else {
    message.set_type(proto::AttributeProto::INTS);
    for (int64_t each : std::get<std::vector<int64_t>>(attribute.value)) message.add_ints(each);
  }
}

}  // namespace

int32_t ElementType(tensor::DType dtype) {
  switch (dtype) {
    case tensor::DType::kFloat32:
      return 1;
    case tensor::DType::kUInt8:
      return 2;
    case tensor::DType::kInt8:
      return 3;
    case tensor::DType::kInt16:
      return 5;
    case tensor::DType::kInt32:
      return 6;
    case tensor::DType::kInt64:
      return 7;
    case tensor::DType::kBool:
      return 9;
    case tensor::DType::kFloat16:
      return 10;
  }
  GOLDCREST_CHECK(false);
}

std::string WrittenGraph::Unique(const std::string& wanted) {
  std::string name = wanted;
  for (int i = 2; name.empty() || !names_.insert(name).second; ++i) {
    name = base::Cat(wanted, "_", i);
  }
  return name;
}

std::string WrittenGraph::AddNode(std::string_view op, const std::vector<std::string>& inputs,
                                  std::string output,
                                  const std::vector<WrittenAttribute>& attributes) {
  proto::NodeProto& node = *graph_.add_node();
  node.set_op_type(std::string(op));
  node.set_name(output);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  for (const WrittenAttribute& each : attributes) SetAttribute(each, *node.add_attribute());
  return output;
}

std::string WrittenGraph::AddInitializer(const std::string& name, tensor::DType dtype,
                                         const tensor::Shape& shape,
                                         std::span<const std::byte> elements) {
  proto::TensorProto& constant = *graph_.add_initializer();
  constant.set_name(Unique(name));
  constant.set_data_type(ElementType(dtype));
  for (int64_t dimension : shape) constant.add_dims(dimension);
  constant.set_raw_data(elements.data(), elements.size());
  return constant.name();
}

void WrittenGraph::Describe(const std::string& name, tensor::DType dtype,
                            const tensor::Shape& shape, proto::ValueInfoProto& info) {
  info.set_name(name);
  proto::TypeProto::Tensor& type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(ElementType(dtype));
  type.mutable_shape();
  for (size_t i = 0; i < shape.size(); ++i) {
    auto& dimension = *type.mutable_shape()->add_dim();
    if (shape[i] >= 0) {
      dimension.set_dim_value(shape[i]);
    } else {
      dimension.set_dim_param(i == 0 ? "batch" : base::Cat(name, "_dim_", i));
    }
  }
}

}  // namespace goldcrest::formats::onnx
