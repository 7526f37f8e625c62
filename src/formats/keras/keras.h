// Keras models ↔ Graph, without Python.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::formats::keras {

// Whether the bytes begin as an HDF5 file does.
bool SniffH5(std::span<const std::byte> file);

// A whole model in the legacy .h5 layout (`model.save("model.h5")`, Keras 2 and 3): functional or
// sequential. Values are named after layers; convolution filters are turned to OHWI, dense kernels
// to OI. The graph is verified, its shapes inferred.
Result<graph::Graph> ReadH5(std::span<const std::byte> file);

// Whether the bytes begin as a zip archive does.
bool SniffKeras(std::span<const std::byte> file);

// A model in Keras 3's own format (`model.save("model.keras")`), on the same terms.
Result<graph::Graph> ReadKeras(std::span<const std::byte> file);

// The graph as a functional model in Keras 3's own format, its layers named after values ('/' and
// what else Keras refuses becomes '_'). The same graph gives the same bytes, always. A fused
// activation becomes the layer's or a ReLU, explicit padding a ZeroPadding2D, a constant operand
// (one number, or one a channel) a Rescaling; a batch of 1 becomes any batch. Layers for training
// only, but dropout, are left out. Float32 only; an operator that no layer computes is an error
// that names it.
// The input contract and the labels are written along (metadata.h). libhdf5 must not run in two
// threads at once, nor may these.
Result<std::vector<std::byte>> WriteKeras(const graph::Graph& graph);

// The same as a legacy .h5 file, in words that both Keras 2 and Keras 3 read: HARD_SWISH, which
// Keras 2 has not, becomes its parts.
Result<std::vector<std::byte>> WriteH5(const graph::Graph& graph);

// Fills the weights of a graph that a builder of architectures made with those of a file that holds
// no model: `save_weights("x.weights.h5")` of Keras 3 and Keras 2, or the layout of
// keras-applications' own downloads. Layers are matched by their order, as Keras does; shapes that
// differ are errors.
Status LoadWeights(std::span<const std::byte> file, graph::Graph& graph);

}  // namespace goldcrest::formats::keras
