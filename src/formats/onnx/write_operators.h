// What the functions that write operators have in common, and these functions: each writes a node.
// Only Write of the whole graph calls them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/strings.h"
#include "formats/onnx/written_values.h"

namespace goldcrest::formats::onnx {

// Whether the integers that the value has leave nothing for the activation to clamp.
bool ClampsAnyway(graph::Activation activation, const graph::Value& value);

// A node being written.
struct Context {
  const graph::Graph& graph;
  const graph::Node& node;
  std::span<const int32_t> producers;  // graph::Producers
  const WriteOptions& options;
  int64_t opset;
  WrittenGraph& file;
  WrittenValues& values;

  const graph::Value& in(size_t i) const { return graph.value(node.inputs[i]); }
  const graph::Value& out() const { return graph.value(node.output); }
  const std::string& name() const { return graph.NameOf(node); }
  // A name for a tensor of this node's own.
  std::string Name(std::string_view part) const { return file.Unique(base::Cat(name(), part)); }

  // Whether the rounding of the node's result leaves nothing for the activation to clamp.
  bool RoundingClamps(graph::Activation activation) const {
    return activation == graph::Activation::kNone ||
           (values.IsQuantized(node.output) && ClampsAnyway(activation, out()));
  }

  // The node's result as the operator `op` makes it, with the activation behind it where rounding
  // to the result's integers does not clamp as much anyway.
  void Put(std::string_view op, const std::vector<std::string>& inputs, Layout layout,
           const std::vector<WrittenAttribute>& attributes = {},
           graph::Activation activation = graph::Activation::kNone) const;
};

// The values that a node will read when it is written; of a layer behind a PAD whose zeros it
// takes over, what the PAD reads.
std::vector<graph::ValueId> ReadValues(const graph::Graph& graph,
                                       std::span<const int32_t> producers, const graph::Node& node);

// write_layers.cc
Status Write(const graph::Conv2D& op, const Context& c);
Status Write(const graph::DepthwiseConv2D& op, const Context& c);
Status Write(const graph::ConvTranspose2D& op, const Context& c);
Status Write(const graph::FullyConnected& op, const Context& c);
Status Write(const graph::AveragePool2D& op, const Context& c);
Status Write(const graph::MaxPool2D& op, const Context& c);
Status Write(const graph::BatchNorm& op, const Context& c);

// write_elementwise.cc
Status Write(const graph::Activate& op, const Context& c);
Status Write(const graph::HardSwish& op, const Context& c);
Status Write(const graph::Logistic& op, const Context& c);
Status Write(const graph::Tanh& op, const Context& c);
Status Write(const graph::LeakyRelu& op, const Context& c);
Status Write(const graph::Prelu& op, const Context& c);
Status Write(const graph::Math& op, const Context& c);
Status Write(const graph::L2Normalize& op, const Context& c);
Status Write(const graph::Softmax& op, const Context& c);
Status Write(const graph::Add& op, const Context& c);
Status Write(const graph::Mul& op, const Context& c);
Status Write(const graph::Sub& op, const Context& c);
Status Write(const graph::Div& op, const Context& c);
Status Write(const graph::Maximum& op, const Context& c);
Status Write(const graph::Minimum& op, const Context& c);
Status Write(const graph::Cast& op, const Context& c);
Status Write(const graph::Quantize& op, const Context& c);
Status Write(const graph::Dequantize& op, const Context& c);
Status Write(const graph::Dropout& op, const Context& c);
Status Write(const graph::TrainingOnly& op, const Context& c);

// write_reductions.cc
Status Write(const graph::Mean& op, const Context& c);
Status Write(const graph::Reduce& op, const Context& c);
Status Write(const graph::ArgMax& op, const Context& c);

// write_movement.cc
Status Write(const graph::ResizeBilinear& op, const Context& c);
Status Write(const graph::ResizeNearest& op, const Context& c);
Status Write(const graph::Transpose& op, const Context& c);
Status Write(const graph::StridedSlice& op, const Context& c);
Status Write(const graph::SpaceToDepth& op, const Context& c);
Status Write(const graph::DepthToSpace& op, const Context& c);

// write_shape_operators.cc
Status Write(const graph::Pad& op, const Context& c);
Status Write(const graph::Reshape& op, const Context& c);
Status Write(const graph::Concatenation& op, const Context& c);
Status Write(const graph::ShapeOf& op, const Context& c);
Status Write(const graph::Pack& op, const Context& c);

// write_refused.cc: what ONNX has no operator for.
Status Write(const graph::SpaceToBatch& op, const Context& c);
Status Write(const graph::BatchToSpace& op, const Context& c);
Status Write(const graph::FakeQuant& op, const Context& c);
Status Write(const graph::DetectionPostProcess& op, const Context& c);

}  // namespace goldcrest::formats::onnx
