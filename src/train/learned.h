// Which constants of a model are learned.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace goldcrest::train {

// By value: weights and biases of layers, gamma and beta of batch normalizations, of the nodes from
// `first` on. Statistics and the constants of other operators, such as those that rescale pictures,
// are not.
std::vector<bool> LearnedConstants(const graph::Graph& graph, size_t first = 0);

}  // namespace goldcrest::train
