// What kind of network a graph is, by its structure.
#pragma once

#include <optional>
#include <string_view>

#include "graph/graph.h"

namespace goldcrest::api {

// "MobileNet V1", "MobileNet V2", "MobileNet V3 Small" or "MobileNet V3 Large" where the graph is
// one as keras-applications builds it: of any width, size and head, with or without batch
// normalization, inside of another model or not.
std::optional<std::string_view> RecognizeNetwork(const graph::Graph& graph);

// The input's first reader multiplies with a constant: a Rescaling layer, or preprocessing in the
// model; it wants plain pixels.
bool RescalesItsInput(const graph::Graph& graph);

}  // namespace goldcrest::api
