// The JSON description of a Keras model → Graph.
#pragma once

#include <string_view>

#include "base/result.h"
#include "formats/keras/weights.h"
#include "graph/graph.h"

namespace goldcrest::formats::keras {

// `config` is what Keras saves as model_config: {"class_name": "Functional", "config": {…}}. The
// graph is verified, its shapes inferred.
Result<graph::Graph> BuildModel(std::string_view config, const WeightSource& weights);

// Our addition to Keras' files: the input contract as JSON under this name.
inline constexpr char kContractName[] = "GOLDCREST_INPUT";
Status TakeContract(std::string_view json, graph::Graph& graph);

}  // namespace goldcrest::formats::keras
