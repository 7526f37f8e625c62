// Operators that pick elements, or make one of many.
#include <algorithm>
#include <array>

#include "formats/tflite/detection_options.h"
#include "formats/tflite/write_operators.h"

namespace goldcrest::formats::tflite {
namespace {

using schema::BuiltinOperator;
using schema::BuiltinOptions;

const graph::Node* ProducerOf(const graph::Graph& graph, graph::ValueId id) {
  const auto found = std::ranges::find(graph.nodes, id, &graph::Node::output);
  return found == graph.nodes.end() ? nullptr : &*found;
}

template <class Op>
bool IsMadeBy(const graph::Graph& graph, graph::ValueId id) {
  const graph::Node* node = ProducerOf(graph, id);
  return node != nullptr && std::holds_alternative<Op>(node->op);
}

// The only node that reads a value; null where there is none, or several.
const graph::Node* OnlyReader(const graph::Graph& graph, graph::ValueId id) {
  const graph::Node* reader = nullptr;
  for (const graph::Node& node : graph.nodes) {
    if (std::ranges::find(node.inputs, id) == node.inputs.end()) continue;
    if (reader != nullptr) return nullptr;
    reader = &node;
  }
  return reader;
}

// The tensor of a part of what `detections` makes: of the node that takes it, if there is one.
Result<graph::ValueId> PartTensor(const Context& c, const DetectionPart& part) {
  for (const graph::Node& node : c.graph.nodes) {
    const auto* slice = std::get_if<graph::StridedSlice>(&node.op);
    const bool takes = slice != nullptr && node.inputs[0] == c.node.output &&
                       slice->begin[0] == part.begin && slice->size[0] == part.size &&
                       slice->stride[0] == 1 && slice->dropped.empty();
    if (!takes) continue;
    if (part.shape.size() == 1) return node.output;
    const graph::Node* reshape = OnlyReader(c.graph, node.output);
    if (reshape != nullptr && c.graph.value(reshape->output).shape == part.shape) {
      return reshape->output;
    }
  }
  return c.sink.AddTensor({.name = base::Cat(c.name(), "/part"), .shape = part.shape});
}

}  // namespace

Status Write(const graph::Reduce& op, const Context& c) {
  constexpr std::array kCodes = {BuiltinOperator::SUM, BuiltinOperator::REDUCE_PROD,
                                 BuiltinOperator::REDUCE_MAX, BuiltinOperator::REDUCE_MIN};
  static_assert(kCodes.size() == graph::kReductionNames.size());
  c.Put(kCodes[static_cast<size_t>(op.reduction)],
        {c.node.inputs[0], AddIntegers(c, "/axes", op.axes)}, BuiltinOptions::ReducerOptions,
        schema::CreateReducerOptions(c.builder(), op.keep_dims).Union());
  return {};
}

Status Write(const graph::ArgMax& op, const Context& c) {
  const int64_t axis[] = {op.axis};
  std::vector<int32_t> inputs = {c.node.inputs[0], AddIntegers(c, "/axis", axis)};
  if (op.smallest) {
    auto options = schema::CreateArgMinOptions(c.builder(), WriteType(op.dtype));
    c.Put(BuiltinOperator::ARG_MIN, std::move(inputs), BuiltinOptions::ArgMinOptions,
          options.Union());
  } else {
    auto options = schema::CreateArgMaxOptions(c.builder(), WriteType(op.dtype));
    c.Put(BuiltinOperator::ARG_MAX, std::move(inputs), BuiltinOptions::ArgMaxOptions,
          options.Union());
  }
  return {};
}

// The file's operator has four outputs: those of the nodes that take the parts.
Status Write(const graph::DetectionPostProcess& op, const Context& c) {
  std::vector<int32_t> outputs;
  for (const DetectionPart& part : DetectionParts(op)) {
    GOLDCREST_TRY(const graph::ValueId id, PartTensor(c, part));
    outputs.push_back(id);
  }
  c.sink.AddCustomOperator(kDetectionPostProcess, c.node.inputs, std::move(outputs),
                           WriteDetectionOptions(op));
  return {};
}

bool IsPartOfDetections(const graph::Graph& graph, const graph::Node& node) {
  graph::ValueId from = node.inputs[0];
  if (std::holds_alternative<graph::Reshape>(node.op) &&
      IsMadeBy<graph::StridedSlice>(graph, from)) {
    from = ProducerOf(graph, from)->inputs[0];
  } else if (!std::holds_alternative<graph::StridedSlice>(node.op)) {
    return false;
  }
  return IsMadeBy<graph::DetectionPostProcess>(graph, from);
}

}  // namespace goldcrest::formats::tflite
