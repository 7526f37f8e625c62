// Which operators of a model compute in which integers, and which values share a scale and zero
// point.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/parameters.h"

namespace goldcrest::quantize {

// By layer (index of its node) the type that it computes in instead of the model's: int16, with
// int8 weights, or float32.
using KeptLayers = std::map<size_t, tensor::DType>;

// By node the type that it shall compute in: layers in `dtype` or what is kept for them; what has
// no weights in the widest of the types in which what it reads is made.
std::vector<tensor::DType> NodeTypes(const graph::Graph& graph, tensor::DType dtype,
                                     const KeptLayers& kept);

struct Scheme {
  tensor::DType dtype = tensor::DType::kInt8;  // of activations
  bool symmetric = false;                      // zero points are 0, where none is prescribed
  // By node: computes in integers. Shape computations do not count: they run on either side.
  std::vector<bool> integer;
  // By value: the group of values that share their parameters; -1 for what is not quantized as an
  // activation (weights, biases, values between float operators, shapes).
  std::vector<int32_t> group_of;
  // By group: parameters that the operator prescribes, whatever the range.
  std::vector<std::optional<tensor::Quantization>> fixed;

  size_t group_count() const { return fixed.size(); }
};

// Of the nodes that `wanted` marks. `graph` is float32 and has been through the passes. Says in
// `notes` what of them stays float.
Scheme MakeScheme(const graph::Graph& graph, tensor::DType dtype, const std::vector<bool>& wanted,
                  std::vector<std::string>& notes);

// Convolutions and fully connected layers: what has weights.
bool IsLayer(const graph::Op& op);

// Whether TensorFlow Lite has the operator for integers of this type.
bool HasIntegerForm(const graph::Graph& graph, const graph::Node& node, tensor::DType dtype);

// What the specification prescribes for a value in integers of that type, if it does: of a softmax,
// logistic or tanh, and of what only moves their results.
std::optional<tensor::Quantization> PrescribedParameters(const graph::Graph& graph,
                                                         graph::ValueId id, tensor::DType dtype);

// Whether the operator computes with the elements of its input at all.
bool IsShapeComputation(const graph::Graph& graph, const graph::Node& node);

}  // namespace goldcrest::quantize
