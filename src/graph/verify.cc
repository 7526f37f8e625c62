#include "graph/verify.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "graph/infer.h"

namespace goldcrest::graph {
namespace {

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

// The range of a type that stands for reals; none for any other.
std::optional<std::pair<int64_t, int64_t>> RangeOf(tensor::DType dtype) {
  switch (dtype) {
    case tensor::DType::kInt8:
      return std::pair(-128, 127);
    case tensor::DType::kUInt8:
      return std::pair(0, 255);
    case tensor::DType::kInt16:
      return std::pair(-32768, 32767);
    default:
      return std::nullopt;
  }
}

Status CheckQuantization(const Value& value) {
  const tensor::Quantization& q = value.quantization;
  if (q.scale.size() != q.zero_point.size()) {
    return Invalid("has ", q.scale.size(), " scales but ", q.zero_point.size(), " zero points");
  }
  for (float scale : q.scale) {
    if (!(scale >= 0) || std::isinf(scale)) return Invalid("has a scale of ", scale);
  }
  auto range = RangeOf(value.dtype);
  for (int64_t zero : q.zero_point) {
    if (range && (zero < range->first || zero > range->second)) {
      return Invalid("has a zero point of ", zero, ", which is no ", NameOf(value.dtype));
    }
  }
  if (!q.per_channel()) return {};
  auto axis = static_cast<size_t>(q.axis);
  if (q.axis < 0 || axis >= value.shape.size() ||
      value.shape[axis] != static_cast<int64_t>(q.scale.size())) {
    return Invalid("of shape ", tensor::ToString(value.shape), " has ", q.scale.size(),
                   " scales, which do not fit its dimension ", q.axis);
  }
  if (!value.constant) return Invalid("has ", q.scale.size(), " scales, but is no constant");
  return {};
}

template <class... Ops>
bool IsOneOf(const Op& op) {
  return (std::holds_alternative<Ops>(op) || ...);
}

// Operators that compute with what integers stand for need to know it; others move elements, or
// take them as they are.
bool ComputesWithReals(const Op& op) {
  return !IsOneOf<Reshape, Concatenation, Pad, Dropout, ShapeOf, StridedSlice, Pack, Transpose,
                  SpaceToDepth, DepthToSpace, SpaceToBatch, BatchToSpace, ResizeNearest, ArgMax,
                  Cast>(op);
}

Status CheckQuantizations(const Graph& graph) {
  for (const Value& value : graph.values) {
    if (value.quantization.empty()) continue;
    Status status = CheckQuantization(value);
    if (!status) return Within(base::Cat("'", value.name, "'"), std::move(status));
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!ComputesWithReals(node.op)) continue;
    auto check = [&](ValueId id) -> Status {
      const Value& value = graph.value(id);
      if (!RangeOf(value.dtype) || !value.quantization.empty()) return {};
      return Invalid(Describe(graph, i), " computes with '", value.name, "', which is ",
                     NameOf(value.dtype), " without a scale");
    };
    for (ValueId id : node.inputs) GOLDCREST_RETURN_IF_ERROR(check(id));
    GOLDCREST_RETURN_IF_ERROR(check(node.output));
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
  GOLDCREST_RETURN_IF_ERROR(CheckQuantizations(graph));
  return CheckShapes(graph);
}

}  // namespace goldcrest::graph
