// MobileNets as keras-applications builds them, layer names included, so that weights saved without
// a model find their places.
//   V1: Howard et al., "MobileNets" (2017); V2: Sandler et al., "MobileNetV2" (2018); V3: Howard et
//   al., "Searching for MobileNetV3" (2019).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::architectures {

struct Options {
  double alpha = 1;         // width multiplier
  int64_t size = 224;       // of the square picture; at least 32
  int64_t classes = 1000;   // of the head
  bool include_top = true;  // the head; without it the last feature map is the output
};

// "mobilenet_v1", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", and the last two with
// "_minimalistic": no squeeze-and-excitation, hard-swish or 5 x 5 filters.
std::span<const std::string_view> Names();

// The network with all weights 0, but gamma and variance 1, so that it can be filled. Values are
// named as Keras names layers and weights: "conv1", "conv1/kernel"; filters are OHWI. Batch
// normalizations and dropout are in it. The input contract says what the network was made for:
// `tf`, or plain bytes where the network rescales them itself (V3).
Result<graph::Graph> Build(std::string_view name, const Options& options);

// Fills the weights of every layer by He's rule (normal, variance 2 / fan-in), the same for the
// same seed: for measuring speed, not for telling cats from dogs.
void FillRandom(uint64_t seed, graph::Graph& graph);

}  // namespace goldcrest::architectures
