#include "formats/tensorflow/import.h"

#include <algorithm>
#include <array>

#include "formats/reading/remove_unread.h"
#include "formats/tensorflow/data_types.h"
#include "formats/tensorflow/operators.h"
#include "graph/verify.h"

namespace goldcrest::formats::tensorflow {
namespace {

using graph::ValueId;

// The shape of an input: what is stated, else what the file says.
Result<tensor::Shape> ShapeOfInput(const FlatNode& node, const tensor::Shape* stated) {
  constexpr std::string_view kRemedy = "; state it with --input-shapes, as 1,224,224,3";
  const Attributes attributes(*node.def);
  const bool placeholder = node.def->op().starts_with("Placeholder");
  if (placeholder) {
    GOLDCREST_TRY(const int32_t type, attributes.Type("dtype", kFloat));
    if (type != kFloat) {
      return Fail(ErrorCode::kUnsupported, "an input of type ", NameOfType(type),
                  "; name the float32 tensor that is made of it with --input-arrays");
    }
  }
  if (stated != nullptr) return *stated;
  const proto::AttrValue* shape = placeholder ? attributes.Find("shape") : nullptr;
  const bool said = shape != nullptr && shape->has_shape() && !shape->shape().unknown_rank() &&
                    shape->shape().dim_size() > 0;
  if (!said) return Fail(ErrorCode::kUnsupported, "the graph does not say its shape", kRemedy);
  return DecodeShape(shape->shape(), true);
}

Status AddInputs(Import& import, const Ends& ends, std::span<const tensor::Shape> shapes) {
  if (!shapes.empty() && shapes.size() != ends.inputs.size()) {
    return Fail(ErrorCode::kUsage, "--input-shapes has ", shapes.size(), " shapes, the model ",
                ends.inputs.size(), " inputs");
  }
  for (size_t i = 0; i < ends.inputs.size(); ++i) {
    const auto at = static_cast<size_t>(ends.inputs[i].tensor.node);
    const FlatNode& node = import.nodes[at];
    if (import.made[at]) return Invalid("'", node.name, "' is an input twice");
    GOLDCREST_TRY(tensor::Shape shape,
                  Within(base::Cat("input '", node.name, "'"),
                         ShapeOfInput(node, shapes.empty() ? nullptr : &shapes[i])));
    const ValueId id = import.graph.AddValue({.name = node.name, .shape = std::move(shape)});
    import.graph.inputs.push_back(id);
    import.graph.input_names.push_back(ends.inputs[i].name);
    import.made[at] = id;
  }
  return {};
}

Made MakeNode(Import& import, int32_t index, const VariableSource& variables) {
  NodeContext c(import, index);
  if (c.Is("Const")) {
    const proto::AttrValue* value = c.attributes().Find("value");
    if (value == nullptr || !value->has_tensor()) return Invalid("has no value");
    return DecodeConstant(value->tensor(), import.budget);
  }
  if (IsVariable(c.flat()) && variables) return variables(c.flat());
  if (c.Is("Placeholder")) {
    return Fail(ErrorCode::kUsage,
                "the outputs depend on it, but it is not among the inputs; "
                "name it with --input-arrays too");
  }
  return ImportNode(c);
}

Status AddOutputs(Import& import, const Ends& ends) {
  for (const End& end : ends.outputs) {
    const Operand* made = &*import.made[static_cast<size_t>(end.tensor.node)];
    const auto further = import.further.find({end.tensor.node, end.tensor.output});
    if (further != import.further.end()) made = &further->second;
    const auto* value = std::get_if<ValueId>(made);
    const bool read = end.tensor.output == 0 || further != import.further.end();
    if (!read || value == nullptr) {
      return Fail(ErrorCode::kUnsupported, "the output '", end.name,
                  "' is no tensor that the model computes; name another with --output-arrays");
    }
    import.graph.outputs.push_back(*value);
    import.graph.output_names.push_back(end.name);
  }
  return {};
}

}  // namespace

bool IsVariable(const FlatNode& node) {
  constexpr std::array<std::string_view, 3> kVariables = {"VarHandleOp", "VariableV2", "Variable"};
  return std::ranges::find(kVariables, node.def->op()) != kVariables.end();
}

Result<graph::Graph> ImportNodes(std::span<const FlatNode> nodes, const Ends& ends,
                                 std::span<const tensor::Shape> shapes, Budget& budget,
                                 const VariableSource& variables) {
  Import import(nodes, budget);
  import.graph.name = "main";
  import.uses.resize(nodes.size(), 0);
  for (const FlatNode& node : nodes) {
    for (const TensorRef& ref : node.inputs) ++import.uses[static_cast<size_t>(ref.node)];
  }
  for (const End& end : ends.outputs) ++import.uses[static_cast<size_t>(end.tensor.node)];
  GOLDCREST_RETURN_IF_ERROR(AddInputs(import, ends, shapes));
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (import.made[i]) continue;
    GOLDCREST_TRY(import.made[i],
                  Within(base::Cat("node '", nodes[i].name, "' (", nodes[i].def->op(), ")"),
                         MakeNode(import, static_cast<int32_t>(i), variables)));
  }
  GOLDCREST_RETURN_IF_ERROR(AddOutputs(import, ends));
  reading::RemoveUnread(import.graph);
  GOLDCREST_RETURN_IF_ERROR(graph::Verify(import.graph));
  return std::move(import.graph);
}

}  // namespace goldcrest::formats::tensorflow
