#include "pipeline/evaluated_session.h"

#include <algorithm>

#include "evaluate/scores.h"
#include "tensor/reals.h"

namespace goldcrest::pipeline {
namespace {

// Half the largest step in which a softmax's scores reach the output, 0 where they are floats all
// the way; nothing where the output is no softmax's, behind operators that only change how it is
// written.
std::optional<double> HalfStepOfSoftmax(const graph::Graph& graph) {
  const std::vector<int32_t> producers = graph::Producers(graph);
  double step = 0;
  graph::ValueId id = graph.outputs[0];
  for (;;) {
    const graph::Value& value = graph.value(id);
    const bool steps = value.dtype != tensor::DType::kFloat32 && !value.quantization.empty();
    if (steps) step = std::max<double>(step, value.quantization.scale[0]);
    const int32_t node = producers[static_cast<size_t>(id)];
    if (node < 0) return std::nullopt;
    const graph::Node& last = graph.nodes[static_cast<size_t>(node)];
    if (std::holds_alternative<graph::Softmax>(last.op)) return step / 2;
    const bool passes_on = std::holds_alternative<graph::Dequantize>(last.op) ||
                           std::holds_alternative<graph::Quantize>(last.op) ||
                           std::holds_alternative<graph::Reshape>(last.op);
    if (!passes_on) return std::nullopt;
    id = last.inputs[0];
  }
}

}  // namespace

Result<EvaluatedSession> EvaluatedSession::Create(graph::Graph graph, const data::DataSet& set,
                                                  const EvaluatedSessionOptions& options) {
  if (graph.inputs.size() != 1) {
    return Fail(ErrorCode::kUnsupported, "the model has ", graph.inputs.size(),
                " inputs; samples are one");
  }
  GOLDCREST_TRY(api::Session session,
                api::Session::Create(std::move(graph), {.arithmetic = options.arithmetic,
                                                        .precision = options.precision,
                                                        .contract = options.contract,
                                                        .cache = options.cache,
                                                        .tuning = options.tuning}));
  const graph::Graph& prepared = session.graph();
  const graph::Value& output = prepared.value(prepared.outputs[0]);
  const int64_t elements = tensor::ElementCount(output.shape).value_or(0);
  if (elements < 2 || elements != output.shape.back()) {
    return Fail(ErrorCode::kUnsupported, "the model's output ", tensor::ToString(output.shape),
                " is no list of scores, one a class");
  }
  const data::InputDescription input{
      .contract = prepared.metadata.input_contract,
      .quantization = prepared.value(prepared.inputs[0]).quantization,
      .most_pixels = options.most_pixels};
  GOLDCREST_TRY(data::InputReader reader, data::InputReader::Create(set, input));
  const std::optional<double> half_step = HalfStepOfSoftmax(prepared);
  return EvaluatedSession(std::move(session), std::move(reader), half_step);
}

const graph::Value& EvaluatedSession::output() const {
  const graph::Graph& graph = session_.graph();
  return graph.value(graph.outputs[0]);
}

Status EvaluatedSession::Run(std::vector<float>& output) {
  session_.Run();
  return tensor::ReadReals(session_.output(0), this->output().quantization, output);
}

void EvaluatedSession::ToScores(size_t skip, std::vector<float>& output) const {
  output.erase(output.begin(), output.begin() + static_cast<ptrdiff_t>(skip));
  if (!half_step_) evaluate::Softmax(output);
}

int64_t EvaluatedSession::classes() const { return output().shape.back(); }

}  // namespace goldcrest::pipeline
