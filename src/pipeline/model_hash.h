// What tells models apart.
#pragma once

#include "data/content_hash.h"
#include "graph/graph.h"

namespace goldcrest::pipeline {

// Of operators, names, shapes and weights, and of what a picture goes through before the model.
data::ContentHash HashOfModel(const graph::Graph& graph);

}  // namespace goldcrest::pipeline
