// The shape rules: one for each operator.
#pragma once

#include <span>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::graph {

// Works out type and shape of every node's output from the graph's inputs and constants, in order;
// an error names the node and what does not fit. Integer vectors that say shapes are followed by
// value (SHAPE, STRIDED_SLICE, PACK), so that a computed RESHAPE has a known shape.
Status InferShapes(Graph& graph);

// The same for the nodes from `first` on, all before having been inferred; for those who build a
// graph node by node. Values computed by shape operators are followed within these nodes only.
Status InferShapesFrom(Graph& graph, size_t first);

// Gives the graph's inputs these shapes, without unknown dimensions, and infers the rest anew.
Status BindInputShapes(Graph& graph, std::span<const tensor::Shape> shapes);

// The same with the shapes that the graph states, a dynamic batch being 1.
Status BindDefaultShapes(Graph& graph);

// "operator 17 depthwise_conv2d 'conv_dw_8'", for errors.
std::string Describe(const Graph& graph, size_t node_index);

}  // namespace goldcrest::graph
