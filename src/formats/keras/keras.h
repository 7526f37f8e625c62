// Keras models → Graph, without Python.
#pragma once

#include <cstddef>
#include <span>

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

// Fills the weights of a graph that a builder of architectures made with those of a file that holds
// no model: `save_weights("x.weights.h5")` of Keras 3 and Keras 2, or the layout of
// keras-applications' own downloads. Layers are matched by their order, as Keras does; shapes that
// differ are errors.
Status LoadWeights(std::span<const std::byte> file, graph::Graph& graph);

}  // namespace goldcrest::formats::keras
