// goldcrest benchmark --tune
#pragma once

#include <string>

#include "base/result.h"
#include "pipeline/benchmark.h"

namespace goldcrest::cli {

// Measures the kernels of the model, writes what it found to `output` and prints it.
Status BenchmarkTune(const pipeline::BenchmarkOptions& options, const std::string& output,
                     bool json);

}  // namespace goldcrest::cli
