// Flags of the commands that time models.
#pragma once

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "pipeline/benchmark.h"

namespace goldcrest::cli {

struct TimingFlags {
  CLI::Option* runs = nullptr;
  CLI::Option* least_seconds = nullptr;

  // What follows from all flags together.
  Status Complete(pipeline::BenchmarkOptions& options) const;
};

// --threads, --runs, --min-secs, --max-secs, --warmup-runs, --warmup-min-secs, --input-shapes,
// --arithmetic and --batch.
TimingFlags AddTimingFlags(CLI::App& app, pipeline::BenchmarkOptions& options);

}  // namespace goldcrest::cli
