// Measures which kernels are fastest on a model, here and now.
//
// Sessions that take the rows of each layer's kernel table, one each, run in turns; a layer's time
// with a row is compared, round by round, with that of the row that is chosen by rule. Then whole
// runs are compared: with the rows that were found, without bands, and both.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "api/session.h"
#include "pipeline/benchmark.h"
#include "pipeline/tuning_file.h"

namespace goldcrest::pipeline {

// Each runs a session once.
struct TuningMeter {
  std::function<void(api::Session&, std::span<int64_t>)> steps;  // nanoseconds of each step
  std::function<double(api::Session&)> whole;                    // milliseconds
};
TuningMeter ClockMeter();

// A kernel and what a layer took with it, by round.
struct RowRounds {
  std::string kernel;
  std::vector<double> us;
};

// The kernel to take of these: the first, which is chosen by rule, unless another is faster by more
// than the noise.
std::string FastestKernel(std::span<const RowRounds> rows);

// Of the first of `options.models`. A kernel that gives other integers than the one chosen by rule,
// or floats that are further off than another order of sums explains, is an error.
Result<TuningFile> Tune(const BenchmarkOptions& options, const TuningMeter& meter,
                        const std::function<void(const BenchmarkProgress&)>& progress);

}  // namespace goldcrest::pipeline
