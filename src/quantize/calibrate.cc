#include "quantize/calibrate.h"

#include "graph/infer.h"
#include "runtime/executor.h"
#include "tensor/difference.h"

namespace goldcrest::quantize {

namespace {

// Of an output that is one row of scores; -1 of any other.
int64_t BestClass(const tensor::TensorView& output) {
  if (output.dtype != tensor::DType::kFloat32 || output.shape.empty()) return -1;
  std::span<const float> scores = output.As<float>();
  const bool row = std::ssize(scores) == output.shape.back() && scores.size() > 1;
  return row ? tensor::ArgMax(scores) : -1;
}

}  // namespace

Result<Observers> Observe(const graph::Graph& graph, const std::vector<bool>& wanted,
                          const Environment& environment, Examiner* examiner) {
  graph::Graph bound = graph;
  GOLDCREST_RETURN_IF_ERROR(graph::BindDefaultShapes(bound));
  GOLDCREST_TRY(runtime::Executor executor,
                runtime::Executor::Create(std::move(bound), *environment.backend,
                                          {.pool = environment.pool, .keep_all_values = true}));
  Observers observers(graph.values.size());
  std::vector<graph::ValueId> ids;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i]) continue;
    const tensor::Shape& shape = executor.graph().values[i].shape;
    observers[i].emplace(static_cast<size_t>(shape.empty() ? 1 : shape.back()));
    ids.push_back(static_cast<graph::ValueId>(i));
  }
  const int64_t count = environment.samples->count();
  std::vector<Status> statuses(ids.size());
  for (int64_t sample = 0; sample < count; ++sample) {
    environment.progress(static_cast<double>(sample) / static_cast<double>(count),
                         "measuring activations");
    GOLDCREST_RETURN_IF_ERROR(environment.samples->Read(sample, executor.input(0)));
    executor.Run();
    if (examiner != nullptr) {
      const tensor::TensorView input = executor.input(0);
      examiner->Add(input.As<float>(), input.shape, environment.samples->label(sample),
                    BestClass(executor.output(0)));
    }
    environment.pool->ForEach(static_cast<int64_t>(ids.size()), [&](int64_t i) noexcept {
      const graph::ValueId id = ids[static_cast<size_t>(i)];
      statuses[static_cast<size_t>(i)] =
          observers[static_cast<size_t>(id)]->Add(executor.value(id)->As<float>());
    });
    for (size_t i = 0; i < ids.size(); ++i) {
      GOLDCREST_RETURN_IF_ERROR(Within(
          base::Cat("'", graph.value(ids[i]).name, "', on sample ", sample + 1), statuses[i]));
    }
  }
  return observers;
}

}  // namespace goldcrest::quantize
