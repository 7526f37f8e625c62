// Cross-layer equalization: channels of a layer's result are multiplied, and the weights that read
// them divided, so that no channel is small beside the others (Nagel et al., "Data-Free
// Quantization Through Weight Equalization and Bias Correction", 2019).
#pragma once

#include <vector>

#include "graph/graph.h"
#include "quantize/calibrate.h"

namespace goldcrest::quantize {

// The values whose channels may be scaled: what Equalize wants observed.
std::vector<bool> ScalableValues(const graph::Graph& graph);

// Changes the float model's weights; what it computes stays the same on all samples, up to
// rounding. A channel that reaches a ReLU6's bound is left as it is, and another is not brought
// beyond it, so that the bound cuts off what it did. Returns the number of channels that were
// scaled.
int Equalize(graph::Graph& graph, const Observers& observers);

// High-bias absorption: of a channel that was never seen at zero, the part that is always there
// goes from its layer's bias into the biases of the layers that read it, which makes its range
// smaller. Not where zeros are put around it. Returns the number of channels.
int AbsorbHighBiases(graph::Graph& graph, const Observers& observers);

}  // namespace goldcrest::quantize
