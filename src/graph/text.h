// The text form of a graph: for people, for tests (text in, passes, text out), for differences.
//
//   graph "toy"
//   input %0 "x": float32[-1, 8, 8, 3]
//   const %1 "w": float32[4, 1, 1, 3] = {1, 0, 0, …}
//   %2 "conv": float32[-1, 8, 8, 4] = conv2d(%0, %1) stride_h=2 stride_w=2 padding=same
//   output %2
//
// Quantization follows the shape: int8[1, 4] scale=0.5 zero_point=-1, or for each index of an axis
// int8[2, 4] scale=[0.5, 0.25] axis=0.
//
// Attributes that have their default are left out. A constant of more than 16 elements prints as a
// digest of its bytes (#…), which cannot be read back, and so does a list of more than 16 scales;
// the parser takes as many numbers as there are elements, {number} for all of them, or random(seed)
// for uniform ones: floats in [-1, 1), 8-bit integers over their range, others in ±32768.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::graph {

std::string ToText(const Graph& graph);
// "conv2d stride_h=2 padding=same"
std::string ToText(const Op& op);

// The graph, with types and shapes inferred, and verified.
Result<Graph> FromText(std::string_view text);

// "same", "valid" or "top,bottom,left,right".
std::string ToString(const Padding& padding);

}  // namespace goldcrest::graph
