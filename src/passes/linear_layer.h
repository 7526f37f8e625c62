// Layers that can do a scale and offset's work too, by other weights and another bias.
#pragma once

#include "graph/graph.h"
#include "passes/affine.h"

namespace goldcrest::passes {

// Whether `node` is a convolution or a fully connected layer of float32 with constant weights and
// bias.
bool IsLinearLayer(const graph::Graph& graph, const graph::Node& node);

// Channels of such a layer's result.
size_t OutputChannels(const graph::Graph& graph, const graph::Node& layer);

// Whether zeros are put around what the layer reads; true where its size is not known and they may
// be.
bool PadsWithZeros(const graph::Graph& graph, const graph::Node& layer);

// Gives `layer`, which has no activation, weights and a bias that do `after`'s work on its result:
// w' = w · scale of the output channel, b' = b · scale + offset. Rounded once. False, and nothing
// changed, where a number would not be finite. A new bias is called `name`/bias.
bool AbsorbAfter(graph::Graph& graph, graph::Node& layer, const Affine& after, std::string name);

// The same of `before`'s work on what the layer reads: w' = w · scale of the input channel,
// b' = b + Σ w · offset; `before` has as many channels as the layer reads. An offset must not meet
// zeros that the layer or somebody between puts around the picture.
bool AbsorbBefore(graph::Graph& graph, graph::Node& layer, const Affine& before, std::string name);

}  // namespace goldcrest::passes
