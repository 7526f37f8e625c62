// What a graph costs.
#pragma once

#include <cstdint>

#include "graph/graph.h"

namespace goldcrest::graph {

// Multiply-adds of one node: of convolutions (padding counted as if it were data) and fully
// connected layers; 0 for all else, and where a shape is not
// known or the number overflows.
int64_t MultiplyAdds(const Graph& graph, const Node& node);

// Whether a value is a constant that operators of weight use: a filter, a bias, a normalization.
bool IsWeight(const Value& value);

// The numbers in all constants that operators of weight use: filters, biases, normalizations.
int64_t ParameterCount(const Graph& graph);

}  // namespace goldcrest::graph
