// The integers of all layers, decided one after the other.
#pragma once

#include "quantize/integer_graph.h"
#include "quantize/recipe.h"
#include "quantize/twin_run.h"

namespace goldcrest::quantize {

struct LayerOptions {
  tensor::DType weights = tensor::DType::kInt8;
  bool one_scale = false;  // for all weights of a layer
  Recipe recipe;
};

// Fills plan.layers, whose parts are known. Runs the float model and its quantized twin side by
// side over samples, as many as a bounded memory holds at the layer's place and no more than the
// recipe needs: what a layer's weights become takes into account what those before it have become.
Status ChooseWeights(const graph::Graph& graph, const LayerOptions& options,
                     const Environment& environment, Plan& plan);

}  // namespace goldcrest::quantize
