#include "graph/verify.h"

#include <algorithm>

#include "graph/infer.h"

namespace goldcrest::graph {
namespace {

template <class... Parts>
std::unexpected<Error> Invalid(const Parts&... parts) {
  return Fail(ErrorCode::kInvalid, parts...);
}

Status CheckIds(const Graph& graph) {
  auto bad = [&](ValueId id) { return id < 0 || static_cast<size_t>(id) >= graph.values.size(); };
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (bad(node.output) || std::ranges::any_of(node.inputs, bad)) {
      return Invalid("operator ", i, " ", NameOf(node.op), " names a value that does not exist");
    }
  }
  if (std::ranges::any_of(graph.inputs, bad) || std::ranges::any_of(graph.outputs, bad)) {
    return Invalid("an input or output of the graph names a value that does not exist");
  }
  if (graph.inputs.empty() || graph.outputs.empty()) {
    return Invalid("the graph has no ", graph.inputs.empty() ? "input" : "output");
  }
  return {};
}

Status CheckOrder(const Graph& graph) {
  std::vector<bool> defined(graph.values.size(), false);
  for (size_t i = 0; i < graph.values.size(); ++i)
    defined[i] = graph.values[i].constant.has_value();
  for (ValueId id : graph.inputs) {
    if (defined[static_cast<size_t>(id)]) {
      return Invalid("the input '", graph.value(id).name, "' is defined twice");
    }
    defined[static_cast<size_t>(id)] = true;
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (ValueId id : graph.nodes[i].inputs) {
      if (!defined[static_cast<size_t>(id)]) {
        return Invalid(Describe(graph, i), " reads '", graph.value(id).name,
                       "' before anything makes it");
      }
    }
    auto output = static_cast<size_t>(graph.nodes[i].output);
    if (defined[output]) return Invalid(Describe(graph, i), " makes a value that exists already");
    defined[output] = true;
  }
  for (ValueId id : graph.outputs) {
    if (!defined[static_cast<size_t>(id)]) {
      return Invalid("nothing makes the output '", graph.value(id).name, "'");
    }
  }
  return {};
}

Status CheckConstants(const Graph& graph) {
  for (const Value& value : graph.values) {
    if (!value.constant) continue;
    std::optional<size_t> bytes = tensor::ByteCount(value.dtype, value.shape);
    if (bytes != value.constant->bytes().size()) {
      return Invalid("the constant '", value.name, "' of shape ", tensor::ToString(value.shape),
                     " has ", value.constant->bytes().size(), " bytes");
    }
  }
  return {};
}

Status CheckShapes(const Graph& graph) {
  Graph inferred = graph;
  GOLDCREST_RETURN_IF_ERROR(InferShapes(inferred));
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    ValueId id = graph.nodes[i].output;
    const Value& said = graph.value(id);
    const Value& follows = inferred.value(id);
    if (said.dtype != follows.dtype || said.shape != follows.shape) {
      return Invalid(Describe(graph, i), " is said to make ", NameOf(said.dtype),
                     tensor::ToString(said.shape), ", but it makes ", NameOf(follows.dtype),
                     tensor::ToString(follows.shape));
    }
  }
  return {};
}

}  // namespace

Status Verify(const Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(CheckIds(graph));
  GOLDCREST_RETURN_IF_ERROR(CheckOrder(graph));
  GOLDCREST_RETURN_IF_ERROR(CheckConstants(graph));
  return CheckShapes(graph);
}

}  // namespace goldcrest::graph
