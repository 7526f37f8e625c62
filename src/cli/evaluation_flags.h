// Flags of the commands that measure accuracy on a data set.
#pragma once

#include <CLI/CLI.hpp>

#include "pipeline/evaluate.h"

namespace goldcrest::cli {

// --data, which is returned, and what says how the data is used: --labels, --ignore-labels,
// --limit, the flags of the input contract and of fetching, --max-pixels.
CLI::Option* AddEvaluationFlags(CLI::App& app, pipeline::EvaluateOptions& options);

}  // namespace goldcrest::cli
