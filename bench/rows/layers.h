// The layers of the networks that are measured, each shape once.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "kernels/window.h"

namespace goldcrest::bench {

struct Layer {
  std::string text;      // "conv2d 1x1 56x56x64 → 56x56x128"
  std::string networks;  // that have it
  graph::Op op;
  std::vector<tensor::Shape> inputs;  // weights too
  tensor::Shape output;
  kernels::Window window;  // of convolutions; of a fully connected layer: one pixel a row
};

// Of V1 1.0, V2 1.0 and V3-Large at 224 and V1 0.25 at 128, as they run: what can be fused is.
Result<std::vector<Layer>> NetworkLayers();

}  // namespace goldcrest::bench
