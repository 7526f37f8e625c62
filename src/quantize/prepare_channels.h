// The steps of a recipe that change the float model before anything is rounded.
#pragma once

#include "graph/graph.h"
#include "quantize/calibrate.h"
#include "quantize/choose_weights.h"

namespace goldcrest::quantize {

struct PreparedChannels {
  int equalized = 0;
  int absorbed = 0;
  bool left_alone = false;  // equalization was tried, and rounded weights would have lost more
};

// Equalizes channels and absorbs high biases, as the recipe has it, unless the model with rounded
// weights is nearer to the float model without that, as one is whose weights were trained to be
// integers of one scale.
Result<PreparedChannels> PrepareChannels(graph::Graph& graph, const LayerOptions& options,
                                         const Environment& environment);

}  // namespace goldcrest::quantize
