// Whether a weight is rounded up or down, decided by what it does to the layer's results.
#pragma once

#include "quantize/layer_samples.h"
#include "quantize/layer_weights.h"

namespace goldcrest::quantize {

// Rounds the weights of a layer anew, each to one of the two steps that it lies between, so that
// Σ (target − ŵ·x)² becomes small for every output channel: the quadratic problem of AdaRound
// (Nagel et al., "Up or Down? Adaptive Rounding for Post-Training Quantization", 2020), solved by
// coordinate descent from the nearest steps. `quantized` are these, with their scales. A channel
// keeps them where the new ones are no better on the samples held back. Returns the number of
// channels that were rounded anew.
Result<int> RoundAdaptively(const graph::Graph& graph, const graph::Node& layer,
                            const LayerSamples& fit, const LayerSamples& held_back,
                            const Environment& environment, QuantizedLayer& quantized);

}  // namespace goldcrest::quantize
