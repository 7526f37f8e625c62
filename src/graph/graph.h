// The one representation of a model. Readers make it as the file says it; only passes change it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "graph/ops.h"
#include "tensor/input_contract.h"
#include "tensor/quantization.h"
#include "tensor/shape.h"
#include "tensor/shared_bytes.h"

namespace goldcrest::graph {

using ValueId = int32_t;  // index into Graph::values

struct Value {
  std::string name;
  tensor::DType dtype = tensor::DType::kFloat32;
  tensor::Shape shape;  // -1: not known yet
  tensor::Quantization quantization;
  std::optional<tensor::SharedBytes> constant;  // the elements, row-major
};

struct Node {
  Op op;
  std::vector<ValueId> inputs;
  ValueId output;  // its name names the node too
};

// What a model says of itself beside its arithmetic.
struct Metadata {
  std::optional<tensor::InputContract> input_contract;
  std::string input_contract_from;  // where it comes from, in words; empty where there is none
  std::vector<std::string> labels;  // by class index; empty where unknown
  std::string description;
  std::vector<std::string> notes;  // what a reader found that the user should know
  bool channels_first = false;     // the file had its pictures so, as PyTorch has them
};

struct Graph {
  std::string name;
  std::vector<Value> values;
  std::vector<Node> nodes;  // in an order in which they can run
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  // The names by which a caller knows inputs and outputs (TFLite's signature); empty: the values'.
  std::vector<std::string> input_names;
  std::vector<std::string> output_names;
  Metadata metadata;

  Value& value(ValueId id) { return values[static_cast<size_t>(id)]; }
  const Value& value(ValueId id) const { return values[static_cast<size_t>(id)]; }

  ValueId AddValue(Value value);
  // A float32 constant holding a copy of `elements`.
  ValueId AddConstant(std::string name, tensor::Shape shape, std::span<const float> elements);
  // Appends a node and the value it makes, whose type and shape InferShapes will fill in.
  ValueId AddNode(Op op, std::vector<ValueId> inputs, std::string output_name);

  const std::string& NameOf(const Node& node) const { return value(node.output).name; }
};

// Index of the node that makes each value, or -1 (inputs, constants).
std::vector<int32_t> Producers(const Graph& graph);

// How many node operands and graph outputs read each value.
std::vector<int32_t> UseCounts(const Graph& graph);

// Makes every reader of `from`, the graph's outputs included, read `to`.
void ReplaceUses(Graph& graph, ValueId from, ValueId to);

// Bytes of all constants.
uint64_t ConstantBytes(const Graph& graph);

}  // namespace goldcrest::graph
