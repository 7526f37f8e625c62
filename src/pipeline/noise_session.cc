#include "pipeline/noise_session.h"

#include "pipeline/model_file.h"

namespace goldcrest::pipeline {
namespace {

// Numbers in [-1, 1), integers of all values: the same each time.
void FillWithNoise(const tensor::MutableTensorView& input) {
  uint32_t state = 1;
  auto next = [&] { return state = state * 1664525 + 1013904223; };
  if (input.dtype == tensor::DType::kFloat32) {
    for (float& x : input.As<float>()) x = static_cast<float>(next() >> 8) / (1 << 23) - 1;
  } else {
    for (std::byte& x : input.bytes) x = static_cast<std::byte>(next() >> 24);
  }
}

// The shapes of the inputs with another batch.
std::vector<tensor::Shape> BatchShapes(const graph::Graph& graph, int64_t batch) {
  std::vector<tensor::Shape> shapes;
  for (graph::ValueId id : graph.inputs) {
    shapes.push_back(graph.value(id).shape);
    if (!shapes.back().empty()) shapes.back()[0] = batch;
  }
  return shapes;
}

// Of one model flags must make sense; of several they are of those that leave something open.
ImportOptions ImportOf(const std::string& model, const BenchmarkOptions& options) {
  return options.models.size() == 1 || LeavesEndsOpen(model) ? options.import : ImportOptions();
}

}  // namespace

Result<api::Session> SessionOnNoise(const std::string& model, const BenchmarkOptions& options) {
  GOLDCREST_TRY(graph::Graph graph,
                ReadModel(model, ImportOf(model, options), options.input_shapes));
  std::vector<tensor::Shape> shapes = options.input_shapes;
  if (options.batch > 0) shapes = BatchShapes(graph, options.batch);
  GOLDCREST_TRY(auto session,
                Within(base::Cat("preparing ", model),
                       api::Session::Create(std::move(graph),
                                            {.threads = options.threads,
                                             .arithmetic = options.arithmetic,
                                             .precision = options.precision,
                                             .input_shapes = shapes,
                                             .cache = api::CacheFileOf(options.cache, model),
                                             .tuning = options.tuning.get()})));
  for (size_t i = 0; i < session.graph().inputs.size(); ++i) FillWithNoise(session.input(i));
  return session;
}

}  // namespace goldcrest::pipeline
