// Values whose channels may be scaled: what one layer with weights makes, and only such layers
// read.
#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"

namespace goldcrest::quantize {

struct ChannelChain {
  size_t producer = 0;       // index of the layer that makes the value
  graph::ValueId value = 0;  // after the producer's activation
  graph::Activation activation = graph::Activation::kNone;
  std::vector<size_t> readers;  // layers that read it, channel for channel
  bool padded = false;          // zeros are put around it on the way to a reader, or by one
};

// In the order of their producers. Between a producer and its readers there may be operators for
// which a factor of a channel is one of the result's: pools, means over pixels, paddings, reshapes.
std::vector<ChannelChain> FindChains(const graph::Graph& graph);

// The largest magnitude of the weights that each output channel of a layer has, or that read each
// input channel.
std::vector<float> LargestByOutput(const graph::Graph& graph, const graph::Node& layer);
std::vector<float> LargestByInput(const graph::Graph& graph, const graph::Node& layer);

}  // namespace goldcrest::quantize
