// Nodes → Keras' layers: a function an operator, and what these have in common. Only WriteLayers
// calls them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/keras/layer_sink.h"

namespace goldcrest::formats::keras {

// A node being written.
struct NodeContext {
  const graph::Graph& graph;
  const graph::Node& node;
  LayerSink& sink;

  const std::string& name() const { return graph.NameOf(node); }
  const graph::Value& in(size_t i) const { return graph.value(node.inputs[i]); }
  const tensor::Shape& shape() const { return graph.value(node.output).shape; }
};

// Appends the layers that compute the node. Its values are float32, its operands have been made or
// are constants.
Status WriteLayers(const NodeContext& c);

inline constexpr char kChannelsLast[] = "channels_last";

template <class... Parts>
std::unexpected<Error> NoLayer(const Parts&... parts) {
  return Fail(ErrorCode::kUnsupported, parts..., "; Keras has no layer for it");
}

// What makes operand `i`, which must be no constant.
Result<CallOutput> Operand(const NodeContext& c, size_t i);

// A layer with the node's name that makes what it makes, out of operand 0.
Status Put(const NodeContext& c, std::string class_name, nlohmann::json config);

// A layer that has no activation of its own, then a ReLU where the node has one, which takes the
// name.
Status PutActivated(const NodeContext& c, WrittenLayer layer, std::vector<CallOutput> inputs,
                    graph::Activation activation);

// The name of Keras' function that the operator is; empty where it is none.
std::string_view FunctionOf(const graph::Op& op, Spelling spelling);
// The function as a layer.
Status PutFunction(const NodeContext& c, std::string_view function);

nlohmann::json ReluConfig(graph::Activation activation);
nlohmann::json RescalingConfig(const nlohmann::json& scale, const nlohmann::json& offset);

// write_weighted_layers.cc
Status Write(const graph::Conv2D& op, const NodeContext& c);
Status Write(const graph::DepthwiseConv2D& op, const NodeContext& c);
Status Write(const graph::FullyConnected& op, const NodeContext& c);
Status Write(const graph::BatchNorm& op, const NodeContext& c);

// write_elementwise_layers.cc
Status Write(const graph::Activate& op, const NodeContext& c);
Status Write(const graph::HardSwish& op, const NodeContext& c);
Status Write(const graph::Logistic& op, const NodeContext& c);
Status Write(const graph::Tanh& op, const NodeContext& c);
Status Write(const graph::LeakyRelu& op, const NodeContext& c);
Status Write(const graph::Softmax& op, const NodeContext& c);
Status Write(const graph::Add& op, const NodeContext& c);
Status Write(const graph::Mul& op, const NodeContext& c);

// write_shape_layers.cc
Status Write(const graph::AveragePool2D& op, const NodeContext& c);
Status Write(const graph::MaxPool2D& op, const NodeContext& c);
Status Write(const graph::Pad& op, const NodeContext& c);
Status Write(const graph::Mean& op, const NodeContext& c);
Status Write(const graph::Reshape& op, const NodeContext& c);
Status Write(const graph::Concatenation& op, const NodeContext& c);
Status Write(const graph::FakeQuant& op, const NodeContext& c);
Status Write(const graph::Dropout& op, const NodeContext& c);
Status Write(const graph::TrainingOnly& op, const NodeContext& c);

}  // namespace goldcrest::formats::keras
