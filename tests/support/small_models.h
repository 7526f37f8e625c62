// Small models of every format, and what they are made of.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"

namespace goldcrest::testing {

// What Keras 2 and Keras 3 save as model_config: an input, convolutions, a batch normalization, a
// mean and a dense layer.
std::string SmallKerasConfig(bool keras3);

// The shapes of its weights, in the order in which its layers ask for them.
std::vector<std::vector<int>> SmallKerasShapes();
// The same as a graph, all weights 0.
graph::Graph SmallKerasGraph();

std::vector<std::string> SmallTflites();   // with labels at the end, without, and quantized
std::vector<std::string> SmallKerasH5s();  // of either Keras
std::vector<std::string> SmallKerasZips();
std::vector<std::string> SmallKerasWeights();  // without a model
std::vector<std::string> SmallNpys();
std::vector<std::string> SmallNpzs();  // stored, and deflated

}  // namespace goldcrest::testing
