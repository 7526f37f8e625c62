#include "formats/tflite/write_operators.h"

#include <utility>

#include "formats/tflite/operator_versions.h"
#include "graph/infer.h"

namespace goldcrest::formats::tflite {

Status WriteOperator(const graph::Graph& graph, size_t index, FileSink& sink) {
  const Context context{graph, graph.nodes[index], sink};
  Status written = std::visit([&](const auto& op) { return Write(op, context); }, context.node.op);
  return Within(graph::Describe(graph, index), std::move(written));
}

void Context::Put(schema::BuiltinOperator code, std::vector<int32_t> inputs,
                  schema::BuiltinOptions type, flatbuffers::Offset<void> options) const {
  sink.AddOperator(code, OperatorVersion(graph, node), std::move(inputs), node.output, type,
                   options);
}

schema::TensorType WriteType(tensor::DType dtype) {
  switch (dtype) {
    case tensor::DType::kFloat32:
      return schema::TensorType::FLOAT32;
    case tensor::DType::kFloat16:
      return schema::TensorType::FLOAT16;
    case tensor::DType::kInt8:
      return schema::TensorType::INT8;
    case tensor::DType::kUInt8:
      return schema::TensorType::UINT8;
    case tensor::DType::kInt16:
      return schema::TensorType::INT16;
    case tensor::DType::kInt32:
      return schema::TensorType::INT32;
    case tensor::DType::kInt64:
      return schema::TensorType::INT64;
    case tensor::DType::kBool:
      return schema::TensorType::BOOL;
  }
  GOLDCREST_CHECK(false);
}

int32_t AddIntegers(const Context& c, const char* suffix, std::span<const int64_t> numbers,
                    const tensor::Shape& shape) {
  const std::vector<int32_t> narrow(numbers.begin(), numbers.end());
  return c.sink.AddVector(base::Cat(c.name(), suffix), shape, narrow);
}

int32_t AddIntegers(const Context& c, const char* suffix, std::span<const int64_t> numbers) {
  return AddIntegers(c, suffix, numbers, {static_cast<int64_t>(numbers.size())});
}

schema::ActivationFunctionType WriteActivation(graph::Activation activation) {
  switch (activation) {
    case graph::Activation::kNone:
      return schema::ActivationFunctionType::NONE;
    case graph::Activation::kRelu:
      return schema::ActivationFunctionType::RELU;
    case graph::Activation::kRelu6:
      return schema::ActivationFunctionType::RELU6;
  }
  GOLDCREST_CHECK(false);
}

}  // namespace goldcrest::formats::tflite
