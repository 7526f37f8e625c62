// A float model with FakeQuant operators → the integers that it was trained for, as TensorFlow 1's
// converter makes them of it. No samples are needed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "quantize/integer_graph.h"
#include "quantize/parameters.h"
#include "quantize/trained_ranges.h"

namespace goldcrest::quantize {

// What integers of an input stand for: (integer − mean) / deviation.
struct InputScaling {
  double mean = 0;
  double deviation = 1;
};

struct TrainedOptions {
  tensor::DType dtype = tensor::DType::kInt8;  // or uint8
  EndTypes ends;
  std::vector<InputScaling> inputs;    // one for each; none: their FakeQuant operators say it
  std::optional<Range> default_range;  // of what has none
};

// `graph` is float32, has been through the passes, and `weights` have been taken off before. A
// value has the range of the first FakeQuant that reads it, and so have those that only move its
// elements and those that they are moved from; another FakeQuant behind it becomes a QUANTIZE.
// Parts of a concatenation, and operands of a maximum or minimum, keep their own ranges. What the
// specification prescribes (softmax) stays so. Errors name values without a range, and inputs whose
// scaling and FakeQuant contradict each other by half a step or more.
Result<graph::Graph> IntegersAsTrained(graph::Graph graph, const WeightRanges& weights,
                                       const TrainedOptions& options,
                                       std::vector<std::string>& notes);

}  // namespace goldcrest::quantize
