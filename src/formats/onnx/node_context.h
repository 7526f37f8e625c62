// What turns nodes of a file's graph into a graph::Graph, one after the other.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "formats/onnx/attributes.h"
#include "formats/onnx/operand.h"

namespace goldcrest::formats::onnx {

// What QuantizeLinear makes, and DequantizeLinear reads.
struct IntegerForm {
  tensor::DType dtype = tensor::DType::kInt8;
  tensor::Quantization quantization;
  bool operator==(const IntegerForm&) const = default;
};

// The graph so far. Names are the message's own, which outlives this.
struct Import {
  explicit Import(Budget& budget_of_file) : budget(budget_of_file) {}

  Budget& budget;
  FileBeside files;
  int64_t opset = 0;
  // Activations of uint8 become int8, for there are weights of int8.
  bool signed_activations = false;
  std::unordered_map<std::string_view, const proto::TensorProto*> initializers;
  std::unordered_map<std::string_view, std::vector<const proto::NodeProto*>> readers;
  std::unordered_set<std::string_view> outputs;
  std::unordered_map<std::string_view, Operand> known;

  graph::Graph graph;
  std::unordered_map<graph::ValueId, size_t> node_of;  // the index in graph.nodes
  std::map<std::pair<const std::byte*, std::string>, graph::ValueId> constants;  // and layout
  std::unordered_map<graph::ValueId, graph::ValueId> reals;    // what dequantizes each
  std::unordered_map<graph::ValueId, graph::ValueId> lowered;  // uint8 as int8

  // What the name stands for; an error where nothing has made it.
  Result<const Operand*> Named(std::string_view name);
  // How a QuantizeLinear or DequantizeLinear of a tensor of so many dimensions says that integers
  // stand for reals. Activations (no constants) of uint8 become int8 where they shall.
  Result<IntegerForm> FormOf(const proto::NodeProto& node, size_t rank, bool activation);
};

using Made = Result<Operand>;

// How the integers of an operator's result stand for reals.
enum class ResultForm {
  kFree,   // in any way
  kSame,   // as those of what it reads: it only moves or picks elements
  kFixed,  // in the one way that TensorFlow Lite prescribes
};

// One node, as its operator's function sees it.
class NodeContext {
 public:
  NodeContext(Import& import, const proto::NodeProto& node)
      : import_(&import), node_(&node), attributes_(node) {}

  const proto::NodeProto& node() const { return *node_; }
  // The name of its first output, which names what is made of it.
  const std::string& name() const { return node_->output(0); }
  const Attributes& attributes() const { return attributes_; }
  bool Is(std::string_view op) const { return node_->op_type() == op; }
  int64_t opset() const { return import_->opset; }
  Import& import() { return *import_; }
  graph::Graph& graph() { return import_->graph; }
  Budget& budget() { return import_->budget; }

  Status ExpectInputs(int least, int most) const;
  // Whether input i is there; those that may be left out may have no name instead.
  bool Has(int i) const { return i < node_->input_size() && !node_->input(i).empty(); }
  Result<const Operand*> Input(int i);
  bool IsPlaced(int i) { return Holds<Placed>(i); }
  bool IsArray(int i) { return Holds<Array>(i); }
  // Whether it is a constant, or a shape, of integers.
  bool IsIntegers(int i);

  // Input i as a value, of reals, or of integers that stand for such.
  Result<Placed> Value(int i);
  // A constant; an error where it is not known.
  Result<Array> ArrayOf(int i);
  Result<Array> RealsOf(int i);                     // the same as float32
  Result<Array> RealVectorOf(int i, size_t count);  // the same with that many elements
  Result<float> NumberOf(int i);                    // the same with one
  Result<Integers> IntegersOf(int i);
  // The same, of a vector or a single number without anything unknown.
  Result<std::vector<int64_t>> NumbersOf(int i);
  // The shape of whatever input i is.
  Result<tensor::Shape> ShapeOf(int i);

  // A value that holds the tensor in that order of dimensions; where its elements lie otherwise,
  // they are transposed.
  Result<graph::ValueId> Arranged(const Placed& placed, const Order& order);
  // The same tensor with its shape made, in whatever order costs nothing.
  Result<Placed> Settled(const Placed& placed);
  // The value, whose dimensions stand in the order `from`, in the order `to`.
  Result<graph::ValueId> Transposed(graph::ValueId id, const Order& from, const Order& to);
  // A constant in the form in which activations are computed with.
  Result<Array> AsActivation(const Array& array);
  // A constant as a value, in that order.
  Result<graph::ValueId> Constant(const Array& array, const Order& order);
  // A constant that is kept by what it is made of and how.
  Result<graph::ValueId> KeptConstant(const Array& of, const std::string& how,
                                      const std::function<Result<Array>()>& make);
  graph::ValueId AddNumber(std::string_view suffix, float number);

  // The value as float32.
  Result<graph::ValueId> Real(graph::ValueId id);
  // How QuantizeLinear makes integers of this node's result, with nothing between that changes more
  // than the shape or cuts off what is too small or large. Nothing where something else reads it.
  std::optional<IntegerForm> Wanted();
  // Appends an operator of float32 on float32, whose shape is inferred; its value has the node's
  // name and the suffix.
  Result<graph::ValueId> Append(graph::Op op, std::vector<graph::ValueId> inputs,
                                std::string_view suffix = "");
  // The same in integers where all inputs are such, and the result is wanted so.
  Result<graph::ValueId> Compute(graph::Op op, std::vector<graph::ValueId> inputs, ResultForm form);
  // An operator that moves elements of x, whatever they are.
  Result<graph::ValueId> Move(graph::Op op, graph::ValueId x, std::string_view suffix = "");
  // The same of integers, always.
  Result<graph::ValueId> AppendInteger(graph::Op op, std::vector<graph::ValueId> inputs,
                                       IntegerForm form, std::string_view suffix = "");
  // The integers in another form.
  Result<graph::ValueId> Requantized(graph::ValueId id, const IntegerForm& form,
                                     std::string_view suffix);

  // What the value is, whose dimensions are in that order.
  Placed In(const Order& order, graph::ValueId id) const;
  // What the value is, which holds its elements as `like` does.
  Placed Like(const Placed& like, graph::ValueId id) const;

  bool IsInteger(graph::ValueId id) const;
  const tensor::Shape& ShapeOfValue(graph::ValueId id) const {
    return import_->graph.value(id).shape;
  }

 private:
  template <class T>
  bool Holds(int i) {
    auto input = Has(i) ? Input(i) : nullptr;
    return input && *input != nullptr && std::holds_alternative<T>(**input);
  }

  Import* import_;
  const proto::NodeProto* node_;
  Attributes attributes_;
};

// Whether all that the graph's value can be is 0 or more.
bool IsNeverNegative(const Import& import, graph::ValueId id);

}  // namespace goldcrest::formats::onnx
