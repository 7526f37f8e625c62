// A model as training computes it.
#pragma once

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::train {

// Padding joins the layer behind it, activations of layers become operators of their own, and a
// softmax at the end goes, for the loss takes what it reads. Constants keep their ids. An error
// where the model has not one input and one output, or there is nothing behind the input.
Result<graph::Graph> TrainingForm(graph::Graph graph);

}  // namespace goldcrest::train
