// Inputs of other sizes than a model states.
#pragma once

#include <span>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::graph {

// Gives the graph's inputs these shapes, of as many dimensions as it states, and infers
// the rest anew; the input contract's size follows. Models that are convolutions up to a global
// pooling allow it; an error names the operator that does not: a layer over a flattened picture, a
// reshape to a fixed size, a pool smaller than its picture. The graph is of no use after an error.
Status ResizeInputs(Graph& graph, std::span<const tensor::Shape> shapes);

}  // namespace goldcrest::graph
