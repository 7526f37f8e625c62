// Rounded weights make the mean of a channel another; a bias mends it for nothing.
#pragma once

#include <vector>

#include "quantize/twin_run.h"

namespace goldcrest::quantize {

// What to add to the bias of each output channel of a layer, so that its mean over the samples,
// before its activation, is what it is in the float model (Nagel et al., "Data-Free Quantization
// Through Weight Equalization and Bias Correction", 2019; here empirical, and on the inputs that
// the quantized layers before make). The layer has been run in both models. The same for any number
// of threads.
std::vector<float> BiasCorrection(const graph::Graph& graph, size_t index, const TwinRun& run,
                                  base::ThreadPool& pool);

}  // namespace goldcrest::quantize
