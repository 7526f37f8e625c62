// The shape rules: one for each operator.
#pragma once

#include <span>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::graph {

// Zeros around a picture, counted.
struct PaddingCounts {
  int64_t top = 0, bottom = 0, left = 0, right = 0;
  bool operator==(const PaddingCounts&) const = default;
};

// What `attributes.padding` means for a picture of h x w under a kernel of kernel_h x kernel_w.
PaddingCounts ResolvePadding(const ConvolutionAttributes& attributes, int64_t h, int64_t w,
                             int64_t kernel_h, int64_t kernel_w);

// The same for a pool's window.
ConvolutionAttributes WindowOf(const PoolAttributes& pool);

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
