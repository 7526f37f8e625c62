// What kind of network a graph is, by its structure.
#pragma once

#include "graph/graph.h"

namespace goldcrest::api {

// MobileNet V1 as keras-applications builds it, of any width, size and head: a 3×3 convolution of
// stride 2 over three channels, then 13 pairs of a 3×3 depthwise and a 1×1 convolution. Folded or
// not.
bool IsMobileNetV1(const graph::Graph& graph);

// The input's first readers multiply and add constants: a Rescaling layer, which wants plain
// pixels.
bool RescalesItsInput(const graph::Graph& graph);

}  // namespace goldcrest::api
