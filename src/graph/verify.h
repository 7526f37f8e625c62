// What every graph must satisfy: after each import and, in tests and debug builds, after each pass.
#pragma once

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::graph {

// Ids in range; every value made once, by an input, a constant or a node, before it is read;
// constants as large as their shape says; at least one input and one output; types and shapes as
// the shape rules say. Scales fit the shape (those of an axis are for constants only), zero points
// the type, and operators that compute with 8- and 16-bit integers know what they stand for. Values
// may be unused (dead code), but not undefined where they are read.
Status Verify(const Graph& graph);

}  // namespace goldcrest::graph
