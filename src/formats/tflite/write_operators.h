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

// write_layers.cc
Status Write(const graph::Conv2D& op, const Context& c);
Status Write(const graph::DepthwiseConv2D& op, const Context& c);
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
Status Write(const graph::Quantize& op, const Context& c);
Status Write(const graph::Dequantize& op, const Context& c);
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

}  // namespace goldcrest::formats::tflite
