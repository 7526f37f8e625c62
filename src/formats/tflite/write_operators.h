// What the functions that write operators have in common, and these functions: each writes a node.
// Only WriteOperator calls them.
#pragma once

#include <string>
#include <vector>

#include "formats/tflite/operators.h"

namespace goldcrest::formats::tflite {

// A node being written, with its operands' tensors.
struct Context {
  const graph::Graph& graph;
  const graph::Node& node;
  FileSink& sink;

  flatbuffers::FlatBufferBuilder& builder() const { return sink.builder(); }
  const graph::Value& in(size_t i) const { return graph.value(node.inputs[i]); }
  const std::string& name() const { return graph.NameOf(node); }
  // Writes the node as the operator `code`; its version follows from the node.
  void Put(schema::BuiltinOperator code, std::vector<int32_t> inputs, schema::BuiltinOptions type,
           flatbuffers::Offset<void> options) const;
};

schema::ActivationFunctionType WriteActivation(graph::Activation activation);
schema::TensorType WriteType(tensor::DType dtype);

// A constant of int32 numbers beside the node, named after it.
int32_t AddIntegers(const Context& c, const char* suffix, std::span<const int64_t> numbers,
                    const tensor::Shape& shape);
// The same, a vector.
int32_t AddIntegers(const Context& c, const char* suffix, std::span<const int64_t> numbers);

// write_layers.cc
Status Write(const graph::Conv2D& op, const Context& c);
Status Write(const graph::DepthwiseConv2D& op, const Context& c);
Status Write(const graph::ConvTranspose2D& op, const Context& c);
Status Write(const graph::FullyConnected& op, const Context& c);
Status Write(const graph::AveragePool2D& op, const Context& c);
Status Write(const graph::MaxPool2D& op, const Context& c);

// write_elementwise.cc
Status Write(const graph::BatchNorm& op, const Context& c);
Status Write(const graph::Activate& op, const Context& c);
Status Write(const graph::HardSwish& op, const Context& c);
Status Write(const graph::Logistic& op, const Context& c);
Status Write(const graph::Tanh& op, const Context& c);
Status Write(const graph::LeakyRelu& op, const Context& c);
Status Write(const graph::Softmax& op, const Context& c);
Status Write(const graph::Add& op, const Context& c);
Status Write(const graph::Mul& op, const Context& c);
Status Write(const graph::Sub& op, const Context& c);
Status Write(const graph::Div& op, const Context& c);
Status Write(const graph::Maximum& op, const Context& c);
Status Write(const graph::Minimum& op, const Context& c);
Status Write(const graph::Prelu& op, const Context& c);
Status Write(const graph::Math& op, const Context& c);
Status Write(const graph::L2Normalize& op, const Context& c);
Status Write(const graph::Cast& op, const Context& c);
Status Write(const graph::Quantize& op, const Context& c);
Status Write(const graph::Dequantize& op, const Context& c);
Status Write(const graph::FakeQuant& op, const Context& c);
Status Write(const graph::Dropout& op, const Context& c);
Status Write(const graph::TrainingOnly& op, const Context& c);

// write_shape_operators.cc
Status Write(const graph::Pad& op, const Context& c);
Status Write(const graph::Mean& op, const Context& c);
Status Write(const graph::Reshape& op, const Context& c);
Status Write(const graph::Concatenation& op, const Context& c);
Status Write(const graph::ShapeOf& op, const Context& c);
Status Write(const graph::StridedSlice& op, const Context& c);
Status Write(const graph::Pack& op, const Context& c);

// write_movement.cc
Status Write(const graph::Transpose& op, const Context& c);
Status Write(const graph::SpaceToDepth& op, const Context& c);
Status Write(const graph::DepthToSpace& op, const Context& c);
Status Write(const graph::SpaceToBatch& op, const Context& c);
Status Write(const graph::BatchToSpace& op, const Context& c);
Status Write(const graph::ResizeBilinear& op, const Context& c);
Status Write(const graph::ResizeNearest& op, const Context& c);

// write_selection.cc
Status Write(const graph::Reduce& op, const Context& c);
Status Write(const graph::ArgMax& op, const Context& c);
Status Write(const graph::DetectionPostProcess& op, const Context& c);
// Whether a node takes a part of the detections out, which their operator writes.
bool IsPartOfDetections(const graph::Graph& graph, const graph::Node& node);

}  // namespace goldcrest::formats::tflite
