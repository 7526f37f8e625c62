// The text form of a graph: for people, for tests (text in, passes, text out), for differences.
//
//   graph "toy"
//   input %0 "x": float32[-1, 8, 8, 3]
//   const %1 "w": float32[4, 1, 1, 3] = {1, 0, 0, …}
//   %2 "conv": float32[-1, 8, 8, 4] = conv2d(%0, %1) stride_h=2 stride_w=2 padding=same
//   output %2
//
// Attributes that have their default are left out. A constant of more than 16 elements prints as a
// digest of its bytes (#…), which cannot be read back; the parser takes as many numbers as there
// are elements, {number} for all of them, or random(seed) for uniform ones in [-1, 1).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::graph {

std::string ToText(const Graph& graph);

// The graph, with types and shapes inferred, and verified.
Result<Graph> FromText(std::string_view text);

// "same", "valid" or "top,bottom,left,right".
std::string ToString(const Padding& padding);

}  // namespace goldcrest::graph
