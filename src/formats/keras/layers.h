// Keras' layers → nodes: a row a class.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "formats/keras/weights.h"
#include "graph/graph.h"

namespace goldcrest::formats::keras {

// One call of a layer.
struct Layer {
  std::string name;
  std::string class_name;
  const nlohmann::json& config;
  std::vector<graph::ValueId> inputs;
};

// Appends the layer's nodes; returns the value that is the layer's output and has its name.
Result<graph::ValueId> AddLayer(const Layer& layer, const WeightSource& weights,
                                graph::Graph& graph);

}  // namespace goldcrest::formats::keras
