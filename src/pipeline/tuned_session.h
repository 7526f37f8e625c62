// The model of a benchmark with other kernels than those chosen by rule.
#pragma once

#include "api/session.h"
#include "pipeline/benchmark.h"
#include "pipeline/tuning_file.h"

namespace goldcrest::pipeline {

// The first model with these kernels; it has run once, and gave what `expected` did, where that is
// not null: the same integers, or floats that differ by what another order of sums explains.
Result<api::Session> TunedSession(BenchmarkOptions options, const KernelsByLayer& kernels,
                                  bool bands, const api::Session* expected);

}  // namespace goldcrest::pipeline
