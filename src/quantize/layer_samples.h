// What a layer with weights reads in the quantized model, beside what it makes in the float one.
#pragma once

#include "quantize/matrix.h"
#include "quantize/twin_run.h"

namespace goldcrest::quantize {

// At a number of positions of its output, spread over the samples. The mean of every row is taken
// away: a bias makes up for it.
struct LayerSamples {
  // A row for each number that an output sums, in the order of the weights' columns; of depthwise
  // layers a block of such rows for each input channel.
  Matrix inputs;
  Matrix targets;  // a row for each output channel, before its activation
};

// The samples that something is fitted to, and every fourth, on which it is judged.
enum class Part : uint8_t { kFit, kHeldBack };

// After run.RunReal(index). No positions where there are too few samples to hold any back.
LayerSamples GatherSamples(const graph::Graph& graph, size_t index, const TwinRun& run, Part part,
                           size_t most_positions);

}  // namespace goldcrest::quantize
