// Runs samples through a float model and watches its values.
#pragma once

#include <optional>
#include <vector>

#include "base/thread_pool.h"
#include "graph/graph.h"
#include "quantize/examine.h"
#include "quantize/observer.h"
#include "quantize/samples.h"
#include "runtime/backend.h"

namespace goldcrest::quantize {

// The means of work, all of which outlive it.
struct Environment {
  const runtime::Backend* backend = nullptr;
  base::ThreadPool* pool = nullptr;
  const Samples* samples = nullptr;  // null: none were given
  Progress progress;
};

// By value; none for those that were not watched.
using Observers = std::vector<std::optional<Observer>>;

// A model's first output for each sample, where that is float32 and all of them take little memory;
// else none.
using Outputs = std::vector<std::vector<float>>;

// An observer for each value that `wanted` marks. The same for any number of threads. `examiner`
// gets to see every sample, and `outputs` what comes of it, where they are given.
Result<Observers> Observe(const graph::Graph& graph, const std::vector<bool>& wanted,
                          const Environment& environment, Examiner* examiner = nullptr,
                          Outputs* outputs = nullptr);

}  // namespace goldcrest::quantize
