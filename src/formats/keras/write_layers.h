// Nodes → Keras' layers: a function an operator.
#pragma once

#include <string>

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

}  // namespace goldcrest::formats::keras
