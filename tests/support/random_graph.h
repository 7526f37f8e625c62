// Small random networks such as Keras makes, full of what passes rewrite.
#pragma once

#include "graph/graph.h"
#include "support/random.h"

namespace goldcrest::testing {

// Convolutions of all paddings, depthwise with multipliers, batch normalizations in odd places,
// constants that scale and shift (one number, one a channel; zeros and −0 among them), zero
// padding, pools, residuals, values with two readers, training-only layers, hard-swish spelled out,
// constants computed of constants, a branch that nothing reads, and a head. Float32; the same for a
// seed always.
graph::Graph RandomGraph(uint64_t seed);

}  // namespace goldcrest::testing
