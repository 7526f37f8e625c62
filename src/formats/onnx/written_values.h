// The tensors of an ONNX graph that stand for values of ours.
//
// A value has a tensor of its own type (for integers the result of a QuantizeLinear) and, where
// something computes with it, the reals that it stands for (the result of a DequantizeLinear); both
// in the layout in which its operator made it, and in the other one once that is asked for.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "formats/onnx/layout.h"
#include "formats/onnx/onnx.h"
#include "formats/onnx/written_graph.h"
#include "graph/graph.h"

namespace goldcrest::formats::onnx {

// Whether the value's elements are integers with a scale.
bool StandsForReals(const graph::Value& value);

class WrittenValues {
 public:
  WrittenValues(const graph::Graph& graph, const WriteOptions& options, WrittenGraph& file);

  // The reals of a value that is there already, or of a constant.
  std::string Reals(graph::ValueId id, Layout layout);
  // Whether the file rounds the value to the integers that it has.
  bool IsQuantized(graph::ValueId id) const {
    return StandsForReals(graph_.value(id)) && !unrounded_[static_cast<size_t>(id)];
  }
  // The layout in which a value was made; that of constants is plain.
  Layout LayoutOf(graph::ValueId id) const;

  // How the reals have to be named that a node makes of `id`; Put says that it has made them.
  std::string NameForReals(graph::ValueId id, Layout layout);
  void Put(graph::ValueId id, Layout layout, const std::string& reals);
  // `id` is the same as `source`.
  void PutAlias(graph::ValueId id, graph::ValueId source);
  // A DEQUANTIZE: the reals of `source`, as a value.
  void PutReals(graph::ValueId id, graph::ValueId source);

  // Rounds reals to the integers that `id` has, and gives the reals of these.
  std::string Rounded(graph::ValueId id, const std::string& reals);

  // A constant operand that is broadcast over four dimensions in `layout`, as reals.
  std::string BroadcastConstant(graph::ValueId id, Layout layout);
  // Constant weights with their dimensions in another order, as reals; integers stay integers in
  // the file.
  std::string Weights(graph::ValueId id, const Permutation& permutation);

  void DeclareInputs();
  void DeclareOutputs();

 private:
  struct Tensors {
    std::array<std::string, 2> own, reals;  // by layout; empty: not there
  };
  // The names of a scale and a zero point.
  struct Parameters {
    std::string scale, zero_point;
  };
  // As which integers: the value's own, or those of its bytes moved by 128.
  enum class Bytes : uint8_t { kOwn, kMoved };

  Layout LayoutOutside(graph::ValueId id) const;  // of inputs and outputs
  std::string OwnName(graph::ValueId id, Layout layout);
  std::string Own(graph::ValueId id, Layout layout);
  Bytes BytesOf(graph::ValueId id) const;     // as which operators see the value
  Bytes OwnBytesOf(graph::ValueId id) const;  // those of its own tensor
  const Parameters& ParametersOf(graph::ValueId id, Bytes bytes);
  std::string Quantized(graph::ValueId id, Bytes bytes, const std::string& reals, std::string name);
  std::string Dequantized(graph::ValueId id, Bytes bytes, const std::string& integers,
                          std::string name, int64_t axis = 0);
  std::string AddConstant(graph::ValueId id, const tensor::Shape& from,
                          const Permutation& permutation, Bytes bytes);

  const graph::Graph& graph_;
  const WriteOptions& options_;
  WrittenGraph& file_;
  std::vector<bool> unrounded_;  // by value, see unrounded.h
  std::vector<Tensors> tensors_;
  std::map<std::pair<graph::ValueId, Bytes>, Parameters> parameters_;
  std::map<std::pair<graph::ValueId, Permutation>, std::string> constants_;
  std::vector<std::string> output_names_;     // by output of the graph
  std::map<graph::ValueId, size_t> outputs_;  // the first output that a value is
};

}  // namespace goldcrest::formats::onnx
