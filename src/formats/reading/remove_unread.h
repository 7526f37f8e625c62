// What a reader has made in vain.
#pragma once

#include "graph/graph.h"

namespace goldcrest::formats::reading {

// Drops what no output depends on: parts of what has been read as a larger whole. Inputs stay.
void RemoveUnread(graph::Graph& graph);

}  // namespace goldcrest::formats::reading
