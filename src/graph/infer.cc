#include "graph/infer.h"

#include <map>
#include <utility>

#include "graph/infer_rules.h"

namespace goldcrest::graph {
namespace {

using tensor::DType;
using tensor::Shape;

Facts FactsOf(const Value& value) {
  Facts facts{value.dtype, value.shape};
  bool small = value.constant && value.dtype == DType::kInt32 &&
               value.constant->bytes().size() <= kMostContents * sizeof(int32_t);
  if (small) {
    std::span<const int32_t> elements = value.constant->As<int32_t>();
    facts.contents.emplace(elements.begin(), elements.end());
  }
  return facts;
}

}  // namespace

std::string Describe(const Graph& graph, size_t node_index) {
  const Node& node = graph.nodes[node_index];
  return base::Cat("operator ", node_index, " ", NameOf(node.op), " '", graph.NameOf(node), "'");
}

Status BindInputShapes(Graph& graph, std::span<const Shape> shapes) {
  if (shapes.size() != graph.inputs.size()) {
    return Fail(ErrorCode::kUsage, "the model has ", graph.inputs.size(), " inputs, ",
                shapes.size(), " given");
  }
  for (size_t i = 0; i < shapes.size(); ++i) {
    Value& input = graph.value(graph.inputs[i]);
    bool fits = shapes[i].size() == input.shape.size();
    for (size_t d = 0; fits && d < shapes[i].size(); ++d) {
      fits = shapes[i][d] == input.shape[d] || (input.shape[d] == -1 && shapes[i][d] >= 0);
    }
    if (!fits) {
      return Fail(ErrorCode::kInvalid, "the input '", input.name, "' takes ",
                  tensor::NameOf(input.dtype), tensor::ToString(input.shape), ", not the shape ",
                  tensor::ToString(shapes[i]));
    }
    input.shape = shapes[i];
  }
  return InferShapes(graph);
}

Status BindDefaultShapes(Graph& graph) {
  std::vector<Shape> shapes;
  for (ValueId id : graph.inputs) {
    Shape shape = graph.value(id).shape;
    if (!shape.empty() && shape[0] == -1) shape[0] = 1;
    if (!tensor::IsKnown(shape)) {
      return Fail(ErrorCode::kUnsupported, "the input '", graph.value(id).name, "' has the shape ",
                  tensor::ToString(shape), ", whose size the model leaves open; state it with ",
                  "--input-shapes");
    }
    shapes.push_back(std::move(shape));
  }
  return BindInputShapes(graph, shapes);
}

Status InferShapes(Graph& graph) {
  for (const Value& value : graph.values) {
    for (int64_t d : value.shape) {
      if (d < -1 || d > kLargestDimension) {
        return Invalid("'", value.name, "' has the shape ", tensor::ToString(value.shape));
      }
    }
  }
  return InferShapesFrom(graph, 0);
}

Status InferShapesFrom(Graph& graph, size_t first) {
  std::map<ValueId, Facts> made;  // by the nodes from `first` on
  std::vector<Facts> operands;
  std::vector<const Facts*> inputs;
  for (size_t i = first; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    operands.clear();
    for (ValueId id : node.inputs) {
      auto found = made.find(id);
      operands.push_back(found != made.end() ? found->second : FactsOf(graph.value(id)));
    }
    inputs.clear();
    for (const Facts& operand : operands) inputs.push_back(&operand);
    Inferred inferred = std::visit([&](const auto& op) { return Infer(op, inputs); }, node.op);
    if (inferred && inferred->shape.size() > 8) {
      inferred = Fail(ErrorCode::kUnsupported, "more than 8 dimensions");
    }
    for (int64_t d : inferred ? inferred->shape : Shape{}) {
      if (d <= kLargestDimension) continue;
      inferred = Fail(ErrorCode::kInvalid, "a dimension of ", d, " is too large");
      break;
    }
    GOLDCREST_TRY(Facts out, Within(Describe(graph, i), std::move(inferred)));
    Value& value = graph.value(node.output);
    value.dtype = out.dtype;
    value.shape = out.shape;
    made[node.output] = std::move(out);
  }
  return {};
}

}  // namespace goldcrest::graph
