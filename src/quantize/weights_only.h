// Models whose weights alone are made smaller.
#pragma once

#include "graph/graph.h"

namespace goldcrest::quantize {

// Weights and biases of convolutions and fully connected layers as float16, each behind a
// DEQUANTIZE. What float16 cannot hold stays as it is, and is said in the graph's notes.
graph::Graph MakeFloat16Graph(const graph::Graph& graph);

// int8 weights, one scale a channel, of convolutions and fully connected layers with 1024 weights
// or more; depthwise and smaller ones stay float, as TensorFlow's converter leaves them.
graph::Graph MakeDynamicGraph(const graph::Graph& graph, bool per_channel);

}  // namespace goldcrest::quantize
