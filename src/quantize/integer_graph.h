// A float model written with integers.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "quantize/layer_weights.h"
#include "quantize/scheme.h"

namespace goldcrest::quantize {

// The operators that compute in one type of integers.
struct IntegerPart {
  Scheme scheme;
  std::vector<tensor::Quantization> activations;  // by group of the scheme

  tensor::DType dtype() const { return scheme.dtype; }
  bool Quantizes(graph::ValueId id) const { return scheme.group_of[static_cast<size_t>(id)] >= 0; }
  // Of a value that it quantizes.
  const tensor::Quantization& ParametersOf(graph::ValueId id) const {
    return activations[static_cast<size_t>(scheme.group_of[static_cast<size_t>(id)])];
  }
};

// All that must be known of a model to write it with integers.
struct Plan {
  std::vector<IntegerPart> parts;  // of different types; no node is in two of them
  std::vector<std::optional<QuantizedLayer>> layers;  // by node; of those with weights

  // The part that a node is in; null: it stays float.
  const IntegerPart* PartOf(size_t node) const;
  // By value the part whose parameters it has where it is made, or first meets integers; null: it
  // is float all through.
  std::vector<const IntegerPart*> Homes(const graph::Graph& graph) const;
};

// The types of inputs and outputs.
struct EndTypes {
  tensor::DType inputs = tensor::DType::kFloat32;
  tensor::DType outputs = tensor::DType::kFloat32;
};

// The same model with integer operators where the scheme has them, and QUANTIZE and DEQUANTIZE
// where integers meet floats or other integers; a FakeQuant becomes the QUANTIZE from its input's
// parameters to its result's, or nothing where they are equal. Inputs, outputs and layers keep
// their names. The input contract goes on to describe the first input. An error where an end is to
// be an integer and the operator there has no integer form.
Result<graph::Graph> MakeIntegerGraph(const graph::Graph& graph, const Plan& plan,
                                      const EndTypes& ends);

}  // namespace goldcrest::quantize
