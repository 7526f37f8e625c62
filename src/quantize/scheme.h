// Which operators of a model compute in integers, and which values share a scale and zero point.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/parameters.h"

namespace goldcrest::quantize {

struct Scheme {
  tensor::DType dtype = tensor::DType::kInt8;  // of activations
  // By node: computes in integers. Shape computations do not count: they run on either side.
  std::vector<bool> integer;
  // By value: the group of values that share their parameters; -1 for what is not quantized as an
  // activation (weights, biases, values between float operators, shapes).
  std::vector<int32_t> group_of;
  // By group: parameters that the operator prescribes, whatever the range.
  std::vector<std::optional<tensor::Quantization>> fixed;

  size_t group_count() const { return fixed.size(); }
};

// `graph` is float32 and has been through the passes. Says in `notes` what stays float.
Scheme MakeScheme(const graph::Graph& graph, tensor::DType dtype, std::vector<std::string>& notes);

// Whether the operator computes with the elements of its input at all.
bool IsShapeComputation(const graph::Op& op);

}  // namespace goldcrest::quantize
