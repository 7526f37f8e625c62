#include "formats/tensorflow/variables.h"

#include "formats/tensorflow/attributes.h"
#include "formats/tensorflow/import.h"

namespace goldcrest::formats::tensorflow {
namespace {

// What RestoreV2's output is called in the checkpoint; empty where `value` is none.
Result<std::string> KeyOf(const std::vector<FlatNode>& nodes, const TensorRef& value) {
  const FlatNode& restore = nodes[static_cast<size_t>(value.node)];
  if (restore.def->op() != "RestoreV2" || restore.inputs.size() < 2) return std::string();
  const FlatNode& names = nodes[static_cast<size_t>(restore.inputs[1].node)];
  const proto::AttrValue* listed = Attributes(*names.def).Find("value");
  if (names.def->op() != "Const" || listed == nullptr || !listed->has_tensor() ||
      value.output >= listed->tensor().string_val_size()) {
    return Invalid("'", restore.name, "' does not name tensor ", value.output);
  }
  return listed->tensor().string_val(value.output);
}

}  // namespace

std::string NameOfVariable(const FlatNode& node) {
  auto shared = Attributes(*node.def).Text("shared_name", "");
  return shared && !shared->empty() ? *shared : node.def->name();
}

Result<std::unordered_map<std::string, std::string>> FindVariables(Flattener& flattener,
                                                                   const std::string& restore) {
  std::unordered_map<std::string, std::string> keys;
  if (restore.empty()) return keys;
  auto called = flattener.Enter(restore);
  const bool in_function = called.has_value();
  const Flattener::Body body = in_function ? *called : Flattener::Body{0, &flattener.graph()};
  for (const proto::NodeDef* node : body.scope->nodes()) {
    const bool assigns = node->op() == "AssignVariableOp" || node->op() == "Assign";
    if (!assigns || node->input_size() < 2) continue;
    GOLDCREST_TRY(const TensorRef value, flattener.ResolveIn(body.frame, node->input(1)));
    GOLDCREST_TRY(std::string key, KeyOf(flattener.nodes(), value));
    if (key.empty()) continue;
    GOLDCREST_TRY(const TensorRef variable, flattener.ResolveIn(body.frame, node->input(0)));
    const FlatNode& named = flattener.nodes()[static_cast<size_t>(variable.node)];
    if (IsVariable(named)) keys.emplace(NameOfVariable(named), std::move(key));
  }
  return keys;
}

}  // namespace goldcrest::formats::tensorflow
