// Small models of ONNX's, made of its messages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "onnx.pb.h"

namespace goldcrest::testing {

namespace onnx = formats::onnx::proto;

// A model, a node at a time. Attributes are set on what is returned.
class OnnxMaker {
 public:
  explicit OnnxMaker(int64_t opset = 17);

  // Of float32; -1 is the batch, "N".
  void Input(std::string_view name, const std::vector<int64_t>& shape, int32_t type = 1);
  void Output(std::string_view name, int32_t type = 1);
  // A node whose output has its name.
  onnx::NodeProto& Add(std::string_view op, std::string_view name,
                       const std::vector<std::string>& inputs);
  // Numbers by eighths where none are given.
  void Floats(std::string_view name, const std::vector<int64_t>& shape,
              const std::vector<float>& elements = {});
  void Integers(std::string_view name, const std::vector<int64_t>& elements);  // a vector of int64
  void Bytes(std::string_view name, const std::vector<int64_t>& shape,
             const std::vector<int8_t>& elements);
  void Int32(std::string_view name, const std::vector<int32_t>& elements);  // a vector
  // A convolution without bias over 3 x 3 pixels with a zero around.
  onnx::NodeProto& Convolution(std::string_view name, std::string_view x, std::string_view filter);
  // QuantizeLinear and DequantizeLinear of the tensor x: `name` is what comes out. int8.
  void Quantized(std::string_view name, std::string_view x, float scale, int8_t zero);

  onnx::ModelProto model;
  onnx::GraphProto& graph() { return *model.mutable_graph(); }

 private:
  onnx::TensorProto& AddTensor(std::string_view name, int32_t type,
                               const std::vector<int64_t>& shape);
};

void SetInts(onnx::NodeProto& node, std::string_view name, const std::vector<int64_t>& numbers);
void SetInt(onnx::NodeProto& node, std::string_view name, int64_t number);
void SetFloat(onnx::NodeProto& node, std::string_view name, float number);
void SetString(onnx::NodeProto& node, std::string_view name, std::string_view text);

// Small networks: with batch normalization, a squeeze and excitation, a dense layer over a
// flattened picture; one of integers between QuantizeLinear and DequantizeLinear. A file of them
// always misses what it lacks at its end, the version of the operators.
OnnxMaker SmallOnnxNetwork();
OnnxMaker SmallQuantizedOnnxNetwork();
std::vector<std::string> SmallOnnxModels();

}  // namespace goldcrest::testing
