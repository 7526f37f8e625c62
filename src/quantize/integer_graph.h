// A float model written with integers.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "quantize/layer_weights.h"
#include "quantize/scheme.h"

namespace goldcrest::quantize {

// All that must be known of a model to write it with integers.
struct Plan {
  Scheme scheme;
  std::vector<tensor::Quantization> activations;      // by group of the scheme
  std::vector<std::optional<QuantizedLayer>> layers;  // by node; of those with weights

  // Of a value that the scheme quantizes.
  const tensor::Quantization& ParametersOf(graph::ValueId id) const {
    return activations[static_cast<size_t>(scheme.group_of[static_cast<size_t>(id)])];
  }
};

// The same model with integer operators where the scheme has them, and QUANTIZE and DEQUANTIZE
// where integers meet floats or other integers. Inputs and outputs have the type `io`; they and the
// layers keep their names. The input contract goes on to describe the first input. An error where
// `io` is an integer type and an operator at the edge has no integer form.
Result<graph::Graph> MakeIntegerGraph(const graph::Graph& graph, const Plan& plan,
                                      tensor::DType io);

}  // namespace goldcrest::quantize
