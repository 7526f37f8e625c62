#include "quantize/calibrate.h"

#include <algorithm>

#include "base/make_each.h"
#include "graph/infer.h"
#include "runtime/executor.h"
#include "tensor/difference.h"

namespace goldcrest::quantize {
namespace {

constexpr size_t kMostOutputBytes = size_t{64} << 20;

// Of an output that is one row of scores; -1 of any other.
int64_t BestClass(const tensor::TensorView& output) {
  if (output.dtype != tensor::DType::kFloat32 || output.shape.empty()) return -1;
  std::span<const float> scores = output.As<float>();
  const bool row = std::ssize(scores) == output.shape.back() && scores.size() > 1;
  return row ? tensor::ArgMax(scores) : -1;
}

}  // namespace

Result<Observers> Observe(const graph::Graph& graph, const std::vector<bool>& wanted,
                          const Environment& environment, Examiner* examiner, Outputs* outputs) {
  graph::Graph bound = graph;
  GOLDCREST_RETURN_IF_ERROR(graph::BindDefaultShapes(bound));
  const int64_t count = environment.samples->count();
  const int64_t lanes = std::min<int64_t>(environment.pool->threads(), count);
  auto make = [&](int64_t) {
    return runtime::Executor::Create(bound, *environment.backend, {.keep_all_values = true});
  };
  GOLDCREST_TRY(auto executors, base::MakeEach(*environment.pool, lanes, make));  // a sample each
  Observers observers(graph.values.size());
  std::vector<graph::ValueId> ids;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i]) continue;
    const tensor::Shape& shape = bound.values[i].shape;
    observers[i].emplace(static_cast<size_t>(shape.empty() ? 1 : shape.back()));
    ids.push_back(static_cast<graph::ValueId>(i));
  }
  const tensor::TensorView output = executors[0].output(0);
  const bool keeps = outputs != nullptr && output.dtype == tensor::DType::kFloat32 &&
                     output.bytes.size() <= kMostOutputBytes / static_cast<size_t>(count);
  const int64_t examiners = examiner != nullptr ? 1 : 0;
  for (int64_t first = 0; first < count; first += lanes) {
    environment.progress(static_cast<double>(first) / static_cast<double>(count),
                         "measuring activations");
    const auto batch = static_cast<size_t>(std::min(lanes, count - first));
    std::vector<Status> read(batch);
    environment.pool->ForEach(std::ssize(read), [&](int64_t lane) noexcept {
      const auto i = static_cast<size_t>(lane);
      read[i] = environment.samples->Read(first + lane, executors[i].input(0));
      if (read[i]) executors[i].Run();
    });
    // In the order of the samples, whatever the number of threads.
    std::vector<std::vector<Status>> seen(batch, std::vector<Status>(ids.size()));
    environment.pool->ForEach(examiners + std::ssize(ids), [&](int64_t chunk) noexcept {
      for (size_t s = 0; s < batch && read[s]; ++s) {
        if (chunk < examiners) {
          const tensor::TensorView input = executors[s].input(0);
          examiner->Add(input.As<float>(), input.shape,
                        environment.samples->label(first + static_cast<int64_t>(s)),
                        BestClass(executors[s].output(0)));
          continue;
        }
        const auto i = static_cast<size_t>(chunk - examiners);
        const graph::ValueId id = ids[i];
        seen[s][i] = observers[static_cast<size_t>(id)]->Add(executors[s].value(id)->As<float>());
      }
    });
    for (size_t s = 0; s < batch; ++s) {
      GOLDCREST_RETURN_IF_ERROR(read[s]);
      for (size_t i = 0; i < ids.size(); ++i) {
        GOLDCREST_RETURN_IF_ERROR(Within(base::Cat("'", graph.value(ids[i]).name, "', on sample ",
                                                   first + static_cast<int64_t>(s) + 1),
                                         seen[s][i]));
      }
      if (!keeps) continue;
      std::span<const float> scores = executors[s].output(0).As<float>();
      outputs->emplace_back(scores.begin(), scores.end());
    }
  }
  return observers;
}

}  // namespace goldcrest::quantize
