#include "formats/tensorflow/scope.h"

namespace goldcrest::formats::tensorflow {

Result<TensorName> ParseTensorName(std::string_view text) {
  constexpr int64_t kMostOutputs = 65535;
  TensorName name;
  name.node = text.substr(0, text.find(':'));
  std::string_view rest = text.substr(name.node.size());
  if (name.node.empty()) return Invalid("'", text, "' names no tensor");
  if (rest.empty()) return name;
  rest.remove_prefix(1);
  if (const size_t colon = rest.find(':'); colon != std::string_view::npos) {
    name.output = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  int64_t number = 0;
  if (base::ParseInt(rest, number)) {
    if (number < 0 || number > kMostOutputs) return Invalid("'", text, "' names no tensor");
    name.number = static_cast<int32_t>(number);
  } else if (name.output.empty()) {
    name.output = rest;
  } else {
    return Invalid("'", text, "' names no tensor");
  }
  return name;
}

template <class Nodes>
Status Scope::AddNodes(const Nodes& nodes) {
  for (const proto::NodeDef& node : nodes) {
    const auto member = static_cast<int32_t>(nodes_.size());
    if (node.name().empty()) return Invalid("node ", member, " has no name");
    if (!members_.emplace(node.name(), member).second) {
      return Invalid("two nodes have the name '", node.name(), "'");
    }
    nodes_.push_back(&node);
  }
  return {};
}

Result<Scope> Scope::Of(const proto::GraphDef& graph) {
  Scope scope;
  GOLDCREST_RETURN_IF_ERROR(scope.AddNodes(graph.node()));
  return scope;
}

Result<Scope> Scope::Of(const proto::FunctionDef& function) {
  Scope scope;
  scope.function_ = &function;
  GOLDCREST_RETURN_IF_ERROR(scope.AddNodes(function.node_def()));
  auto member = static_cast<int32_t>(scope.nodes_.size());
  for (const proto::OpDef::ArgDef& argument : function.signature().input_arg()) {
    if (!argument.number_attr().empty() || !argument.type_list_attr().empty()) {
      return Fail(ErrorCode::kUnsupported, "the argument '", argument.name(),
                  "' is a list of tensors");
    }
    if (!scope.members_.emplace(argument.name(), member++).second) {
      return Invalid("two arguments or nodes have the name '", argument.name(), "'");
    }
  }
  return scope;
}

int32_t Scope::Find(std::string_view name) const {
  auto found = members_.find(name);
  return found == members_.end() ? -1 : found->second;
}

}  // namespace goldcrest::formats::tensorflow
