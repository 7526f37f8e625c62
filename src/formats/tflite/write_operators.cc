#include "formats/tflite/write_operators.h"

#include <utility>

#include "formats/tflite/operator_versions.h"
#include "graph/infer.h"

namespace goldcrest::formats::tflite {

Status WriteOperator(const graph::Graph& graph, size_t index, FileSink& sink) {
  const Context context{graph, graph.nodes[index], sink};
  Status written = std::visit([&](const auto& op) { return Write(op, context); }, context.node.op);
  return Within(graph::Describe(graph, index), std::move(written));
}

void Context::Put(schema::BuiltinOperator code, std::vector<int32_t> inputs,
                  schema::BuiltinOptions type, flatbuffers::Offset<void> options) const {
  sink.AddOperator(code, OperatorVersion(graph, node), std::move(inputs), node.output, type,
                   options);
}

schema::ActivationFunctionType WriteActivation(graph::Activation activation) {
  switch (activation) {
    case graph::Activation::kNone:
      return schema::ActivationFunctionType::NONE;
    case graph::Activation::kRelu:
      return schema::ActivationFunctionType::RELU;
    case graph::Activation::kRelu6:
      return schema::ActivationFunctionType::RELU6;
  }
  GOLDCREST_CHECK(false);
}

}  // namespace goldcrest::formats::tflite
