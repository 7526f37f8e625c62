// Keras' layers → nodes: a row a class.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "formats/keras/weights.h"
#include "graph/graph.h"

namespace goldcrest::formats::keras {

// One call of a layer. Its inputs are tensors, or constants where the call names numbers.
struct Layer {
  std::string name;  // of the value that it makes
  std::string class_name;
  const nlohmann::json& config;
  LayerPath path;
  std::vector<graph::ValueId> inputs;
};

// What the layers of one model share.
struct ModelContext {
  const WeightSource& weights;
  int keras_version;  // the major one; 0 where the file does not say
  graph::Graph graph;
  std::map<std::string, graph::ValueId> constants;  // made so far, by the path of their names
};

// Appends the layer's nodes; returns the value that is the layer's output and has its name. Weights
// are read at the first call of a layer and shared by the others.
Result<graph::ValueId> AddLayer(const Layer& layer, ModelContext& model);

}  // namespace goldcrest::formats::keras
