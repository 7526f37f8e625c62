// A model in training computed in double by plain loops: what gradients are checked against.
#pragma once

#include <vector>

#include "graph/graph.h"

namespace goldcrest::testing {

// Elements of every value by id. Constants and the input are given; shapes are known. Batch
// normalization takes the batch's own statistics where `batch_statistics`; nothing is dropped.
using DoubleValues = std::vector<std::vector<double>>;
void RunInDouble(const graph::Graph& graph, bool batch_statistics, DoubleValues& values);

}  // namespace goldcrest::testing
