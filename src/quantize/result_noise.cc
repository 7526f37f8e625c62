#include "quantize/result_noise.h"

#include <algorithm>

#include "graph/infer.h"
#include "runtime/executor.h"

namespace goldcrest::quantize {

graph::ValueId ResultOf(const graph::Graph& graph) {
  const graph::ValueId output = graph.outputs[0];
  const int32_t producer = graph::Producers(graph)[static_cast<size_t>(output)];
  if (producer < 0) return output;
  const graph::Node& node = graph.nodes[static_cast<size_t>(producer)];
  return std::holds_alternative<graph::Softmax>(node.op) ? node.inputs[0] : output;
}

Result<ResultNoise> ResultNoise::Create(const graph::Graph& graph, int64_t most_samples,
                                        const Environment& environment) {
  graph::Graph reference = graph;
  reference.outputs = {ResultOf(graph)};
  reference.output_names.clear();
  ResultNoise noise(std::move(reference), std::min(most_samples, environment.samples->count()),
                    environment);
  GOLDCREST_TRY(noise.reals_, noise.Results(noise.reference_));
  return noise;
}

Result<double> ResultNoise::Of(const graph::Graph& graph) const {
  GOLDCREST_TRY(const std::vector<std::vector<float>> results, Results(graph));
  double noise = 0;
  double signal = 0;
  for (size_t s = 0; s < samples_; ++s) {
    for (size_t i = 0; i < results[s].size(); ++i) {
      const double real = reals_[s][i];
      noise += (results[s][i] - real) * (results[s][i] - real);
      signal += real * real;
    }
  }
  return signal > 0 ? noise / signal : 0;
}

Result<std::vector<std::vector<float>>> ResultNoise::Results(graph::Graph graph) const {
  GOLDCREST_RETURN_IF_ERROR(graph::BindDefaultShapes(graph));
  std::vector<runtime::Executor> executors;
  for (int i = 0; i < environment_->pool->threads(); ++i) {
    GOLDCREST_TRY(auto executor, runtime::Executor::Create(graph, *environment_->backend, {}));
    executors.push_back(std::move(executor));
  }
  std::vector<std::vector<float>> results(samples_);
  std::vector<Status> statuses(executors.size());
  environment_->pool->ForEach(std::ssize(executors), [&](int64_t lane) noexcept {
    runtime::Executor& executor = executors[static_cast<size_t>(lane)];
    for (auto s = static_cast<size_t>(lane); s < samples_; s += executors.size()) {
      Status read = environment_->samples->Read(static_cast<int64_t>(s), executor.input(0));
      if (!read) {
        statuses[static_cast<size_t>(lane)] = std::move(read);
        return;
      }
      executor.Run();
      std::span<const float> output = executor.output(0).As<float>();
      results[s].assign(output.begin(), output.end());
    }
  });
  for (const Status& done : statuses) GOLDCREST_RETURN_IF_ERROR(done);
  return results;
}

}  // namespace goldcrest::quantize
