// Zeros around a picture that the convolution behind them can put there itself.
#pragma once

#include <span>

#include "graph/graph.h"

namespace goldcrest::formats::onnx {

// The PAD whose result `node`, a convolution, reads, where its zeros can be the convolution's own
// padding; else null. Unlike the pass, this works for integers too.
const graph::Node* AbsorbedPad(const graph::Graph& graph, std::span<const int32_t> producers,
                               const graph::Node& node);

}  // namespace goldcrest::formats::onnx
