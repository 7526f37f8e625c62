// `goldcrest benchmark --training`.
#pragma once

#include "base/result.h"
#include "pipeline/benchmark.h"

namespace goldcrest::cli {

// Measures the first model in training, and prints it.
Status BenchmarkTraining(const pipeline::BenchmarkOptions& options, bool json);

}  // namespace goldcrest::cli
