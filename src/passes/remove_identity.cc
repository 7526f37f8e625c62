#include <algorithm>

#include "passes/edit.h"
#include "passes/passes.h"

namespace goldcrest::passes {
namespace {

bool IsZero(const std::vector<int64_t>& counts) {
  return std::ranges::all_of(counts, [](int64_t n) { return n == 0; });
}

}  // namespace

int RemoveIdentity(graph::Graph& graph) {
  return RemoveIdentities(graph, [&](const graph::Node& node) {
    if (const auto* op = std::get_if<graph::Activate>(&node.op)) {
      return op->activation == graph::Activation::kNone;
    }
    if (const auto* op = std::get_if<graph::Pad>(&node.op)) {
      return IsZero(op->before) && IsZero(op->after);
    }
    if (std::holds_alternative<graph::Reshape>(node.op)) {
      const tensor::Shape& from = graph.value(node.inputs[0]).shape;
      // With one unknown dimension the others fix it.
      return from == graph.value(node.output).shape && std::ranges::count(from, -1) <= 1 &&
             SameQuantization(graph, node.inputs[0], node.output);
    }
    return false;
  });
}

}  // namespace goldcrest::passes
