// An ONNX graph in the making: nodes, initializers and names that nothing else has.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "onnx.pb.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"

namespace goldcrest::formats::onnx {

struct WrittenAttribute {
  std::string_view name;
  std::variant<int64_t, float, std::string, std::vector<int64_t>> value;
};

// ONNX's number of a type.
int32_t ElementType(tensor::DType dtype);

class WrittenGraph {
 public:
  explicit WrittenGraph(proto::GraphProto& graph) : graph_(graph) {}

  // `wanted`, or with a number behind it where something has that name already.
  std::string Unique(const std::string& wanted);

  // Each returns the name of the tensor that it adds.
  std::string AddNode(std::string_view op, const std::vector<std::string>& inputs,
                      std::string output, const std::vector<WrittenAttribute>& attributes = {});
  std::string AddInitializer(const std::string& name, tensor::DType dtype,
                             const tensor::Shape& shape, std::span<const std::byte> elements);
  std::string AddFloats(const std::string& name, const tensor::Shape& shape,
                        std::span<const float> elements) {
    return AddInitializer(name, tensor::DType::kFloat32, shape, std::as_bytes(elements));
  }
  std::string AddIntegers(const std::string& name, std::span<const int64_t> elements) {
    return AddInitializer(name, tensor::DType::kInt64, {static_cast<int64_t>(elements.size())},
                          std::as_bytes(elements));
  }
  // -1 gets a name: the first dimension is the batch.
  static void Describe(const std::string& name, tensor::DType dtype, const tensor::Shape& shape,
                       proto::ValueInfoProto& info);
  proto::GraphProto& message() { return graph_; }

 private:
  proto::GraphProto& graph_;
  std::set<std::string, std::less<>> names_;
};

}  // namespace goldcrest::formats::onnx
