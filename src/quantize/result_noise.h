// How far a model's results are from those of the float model.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"
#include "quantize/calibrate.h"

namespace goldcrest::quantize {

// The value by which results are compared: the first output; of a softmax, what it reads.
graph::ValueId ResultOf(const graph::Graph& graph);

// Σ (result − float result)² / Σ float result² over the first samples.
class ResultNoise {
 public:
  // Runs the float model; the environment outlives the measurement.
  static Result<ResultNoise> Create(const graph::Graph& graph, int64_t most_samples,
                                    const Environment& environment);

  // Of a model that computes nearly the same, and whose first output is the result.
  Result<double> Of(const graph::Graph& graph) const;
  // The float model, with nothing but the result as output.
  const graph::Graph& reference() const { return reference_; }

 private:
  ResultNoise(graph::Graph reference, int64_t samples, const Environment& environment)
      : reference_(std::move(reference)),
        samples_(static_cast<size_t>(samples)),
        environment_(&environment) {}
  Result<std::vector<std::vector<float>>> Results(graph::Graph graph) const;  // by sample

  graph::Graph reference_;
  size_t samples_;
  const Environment* environment_;
  std::vector<std::vector<float>> reals_;
};

}  // namespace goldcrest::quantize
