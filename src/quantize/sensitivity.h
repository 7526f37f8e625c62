// What the integers of single layers do to a model's results.
#pragma once

#include <vector>

#include "quantize/integer_graph.h"
#include "quantize/samples.h"

namespace goldcrest::quantize {

struct Environment;

// Σ (result − float result)² / Σ float result² over samples, of a model that is float but for one
// layer. The result is the first output; of a softmax, what it reads.
struct Sensitivity {
  size_t node = 0;
  double integers = 0;  // the layer reads, computes and makes integers
  double weights = 0;   // its weights alone are rounded
};

// Of every layer of `plan` that computes in the type of its first part, on the first `most_samples`
// samples. `graph` is the float model of the plan.
Result<std::vector<Sensitivity>> MeasureSensitivities(const graph::Graph& graph, const Plan& plan,
                                                      int64_t most_samples,
                                                      const Environment& environment);

// A layer, with the type in which it would harm the results less: int16 where it is the rounding of
// what it reads and makes that harms, else float32.
struct Candidate {
  size_t node = 0;
  tensor::DType dtype = tensor::DType::kFloat32;
  bool can_be_float = true;
};

// The worst first. With `integer_edges` the model's inputs and outputs are integers, and no layer
// that has none before it, or none after it, can be float.
std::vector<Candidate> WorstLayers(const graph::Graph& graph,
                                   std::vector<Sensitivity> sensitivities, bool integer_edges);

}  // namespace goldcrest::quantize
