// What turns nodes of a flat graph into a graph::Graph, one after the other.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "formats/tensorflow/attributes.h"
#include "formats/tensorflow/constant.h"
#include "formats/tensorflow/flatten.h"

namespace goldcrest::formats::tensorflow {

// The graph so far.
struct Import {
  Import(std::span<const FlatNode> flat_nodes, Budget& budget_of_file)
      : nodes(flat_nodes), made(flat_nodes.size()), budget(budget_of_file) {}

  std::span<const FlatNode> nodes;
  std::vector<std::optional<Operand>> made;                // by each of them: its first output
  std::map<std::pair<int32_t, int32_t>, Operand> further;  // outputs behind the first, by node
  std::vector<int32_t> uses;  // of each of them, those outside of it included
  Budget& budget;
  graph::Graph graph;
  std::unordered_map<graph::ValueId, size_t> node_of;            // the index in graph.nodes
  std::map<std::pair<int32_t, char>, graph::ValueId> constants;  // by node and layout
};

using Made = Result<Operand>;

// One node, as its operator's function sees it.
class NodeContext {
 public:
  NodeContext(Import& import, int32_t index)
      : import_(&import), index_(index), attributes_(*flat().def) {}

  const FlatNode& flat() const { return import_->nodes[static_cast<size_t>(index_)]; }
  const std::string& name() const { return flat().name; }
  const Attributes& attributes() const { return attributes_; }
  size_t input_count() const { return flat().inputs.size(); }
  Import& import() { return *import_; }
  graph::Graph& graph() { return import_->graph; }

  Status ExpectInputs(size_t least, size_t most) const;
  // What input i is; an error where it is an output that is not read here.
  Result<const Operand*> Input(size_t i) const;
  // Input i as a value of the graph; floats become a constant of it.
  Result<graph::ValueId> Value(size_t i);
  Result<Floats> FloatsOf(size_t i) const;      // an error where it is not known
  Result<Integers> IntegersOf(size_t i) const;  // the same
  // Floats that are known, a FakeQuant after them or not.
  Result<Floats> WeightsOf(size_t i) const;
  // The same, of a vector or a single number without anything unknown.
  Result<std::vector<int64_t>> NumbersOf(size_t i) const;
  // The same with that many elements.
  Result<std::vector<float>> FloatVectorOf(size_t i, size_t count) const;

  bool IsValue(size_t i) const { return Holds<graph::ValueId>(i); }
  bool IsFloats(size_t i) const { return Holds<Floats>(i); }
  bool IsIntegers(size_t i) const { return Holds<Integers>(i); }
  const tensor::Shape& ShapeOf(graph::ValueId id) const { return import_->graph.value(id).shape; }

  // The node that makes input i, as the same kind of view.
  NodeContext Producer(size_t i) const { return {*import_, flat().inputs[i].node}; }
  bool Is(std::string_view op) const { return flat().def->op() == op; }
  int32_t uses() const { return import_->uses[static_cast<size_t>(index_)]; }

  // A constant made of input i in another layout, once for all nodes that read it so.
  template <class Make>
  Result<graph::ValueId> Constant(size_t i, char layout, Make&& make) {
    const std::pair<int32_t, char> key(flat().inputs[i].node, layout);
    auto known = import_->constants.find(key);
    if (known != import_->constants.end()) return known->second;
    GOLDCREST_TRY(const Floats floats, FloatsOf(i));
    GOLDCREST_RETURN_IF_ERROR(import_->budget.Take(floats.bytes.bytes().size()));
    GOLDCREST_TRY(Floats made, make(floats));
    return import_->constants[key] = AddFloats(Producer(i).name(), std::move(made));
  }
  // The same of WeightsOf. A FakeQuant follows; ranges for each index of their last dimension lie
  // along `axis` of what is made.
  template <class Make>
  Result<graph::ValueId> Weights(size_t i, char layout, int64_t axis, Make&& make) {
    const RangedFloats* ranged = Ranged(i);
    if (ranged == nullptr) return Constant(i, layout, make);
    const std::pair<int32_t, char> key(flat().inputs[i].node, layout);
    auto known = import_->constants.find(key);
    if (known != import_->constants.end()) return known->second;
    GOLDCREST_RETURN_IF_ERROR(import_->budget.Take(ranged->floats.bytes.bytes().size()));
    GOLDCREST_TRY(Floats made, make(ranged->floats));
    GOLDCREST_TRY(const graph::ValueId rounded,
                  Producer(i).AddFakeQuant(*ranged, std::move(made), axis));
    return import_->constants[key] = rounded;
  }
  // A constant of our own.
  graph::ValueId AddFloats(std::string name, Floats floats);

  // What output `number`, not the first, of this node is.
  void SetOutput(size_t number, Operand made) {
    import_->further[{index_, static_cast<int32_t>(number)}] = std::move(made);
  }

  // Appends an operator, whose shape is inferred; its value has the node's name and the suffix.
  Result<graph::ValueId> Add(graph::Op op, std::vector<graph::ValueId> inputs,
                             std::string_view suffix = "");

 private:
  template <class T>
  bool Holds(size_t i) const {
    auto input = i < input_count() ? Input(i) : nullptr;
    return input && *input != nullptr && std::holds_alternative<T>(**input);
  }

  // Input i if it is one; else null.
  const RangedFloats* Ranged(size_t i) const;
  // This node, a FakeQuant, after `floats`.
  Result<graph::ValueId> AddFakeQuant(const RangedFloats& ranged, Floats floats, int64_t axis);

  Import* import_;
  int32_t index_;
  Attributes attributes_;
};

}  // namespace goldcrest::formats::tensorflow
