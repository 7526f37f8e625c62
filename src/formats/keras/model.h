// The JSON description of a Keras model → Graph.
#pragma once

#include <string_view>

#include "base/result.h"
#include "formats/keras/weights.h"
#include "graph/graph.h"

namespace goldcrest::formats::keras {

// `config` is what Keras saves as model_config: {"class_name": "Functional", "config": {…}}, and
// `keras_version` what it calls itself ("3.15.1"), empty where the file does not say: some
// functions changed their meaning. The graph is verified, its shapes inferred. Models inside of the
// model become part of it; a layer that is called more than once keeps its weights once.
Result<graph::Graph> BuildModel(std::string_view config, std::string_view keras_version,
                                const WeightSource& weights);

}  // namespace goldcrest::formats::keras
