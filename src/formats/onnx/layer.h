// Layers with weights, of float32 or of integers.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "formats/onnx/node_context.h"

namespace goldcrest::formats::onnx {

// Weights in the file's order, and how they become a layer's.
struct LayerWeights {
  Array filter;
  std::string how;                        // tells apart what is made of the same bytes
  std::function<Result<Array>()> turned;  // the filter as the operator has it
  size_t channels_axis = 0;               // of output channels, in what is turned
  std::optional<Array> bias;              // one number an output channel
};

// Appends the layer over x. It computes in integers where x and the weights are integers that stand
// for reals and its result is wanted so; else in float32.
Result<graph::ValueId> AddLayer(NodeContext& c, graph::Op op, graph::ValueId x,
                                const LayerWeights& weights);

}  // namespace goldcrest::formats::onnx
