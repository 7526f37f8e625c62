// A single operator of a graph, ready to run.
#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"
#include "runtime/backend.h"
#include "runtime/executor.h"

namespace goldcrest::quantize {

// What is different from the operator in its graph.
struct NodeChanges {
  bool without_activation = false;              // of a layer
  const std::vector<float>* weights = nullptr;  // of a layer; null: its own, and its own bias
  const std::vector<float>* bias = nullptr;
};

// Whether samples differ in a value: what such a graph has as its inputs.
bool IsActivation(const graph::Value& value);

// A graph of node `index` alone, whose inputs are the activations that it reads, in their order.
// Shapes are known. For one thread, unless the options say otherwise.
Result<runtime::Executor> MakeNodeAlone(const graph::Graph& graph, size_t index,
                                        const NodeChanges& changes, const runtime::Backend& backend,
                                        const runtime::Options& options = {});

}  // namespace goldcrest::quantize
