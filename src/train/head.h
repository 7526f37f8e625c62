// The end of a model that tells classes apart, made anew for other classes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::train {

// A layer of a head, before the last.
struct HeadLayer {
  enum class Kind : uint8_t { kDense, kDropout } kind = Kind::kDense;
  int64_t units = 0;  // of a dense layer, which ends with ReLU
  double rate = 0;    // of dropout
};

// "dense:128,dropout:0.2"; empty for no layer.
Result<std::vector<HeadLayer>> ParseHead(const std::string& text);

struct ModelWithHead {
  graph::Graph graph;                   // ends with a softmax over the classes
  graph::ValueId features = -1;         // [batch, features]: what the head reads
  std::vector<graph::ValueId> learned;  // the head's constants
};

// The model without what it has behind its features, and with a new head: the layers, then a dense
// layer of `classes` and a softmax. Features are what its last fully connected layer or 1 x 1
// convolution read, before dropout; a model that ends in a feature map gets a mean over it first.
// Weights are Glorot's uniform ones, the same for the same seed.
Result<ModelWithHead> ReplaceHead(graph::Graph graph, int64_t classes,
                                  const std::vector<HeadLayer>& layers, uint64_t seed);

// The head alone, its input being the features.
Result<graph::Graph> HeadAlone(const ModelWithHead& model);

// The model up to the features.
graph::Graph BaseAlone(const ModelWithHead& model);

}  // namespace goldcrest::train
