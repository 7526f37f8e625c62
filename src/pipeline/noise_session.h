// A model made ready to be measured.
#pragma once

#include <string>

#include "api/session.h"
#include "base/result.h"
#include "pipeline/benchmark.h"

namespace goldcrest::pipeline {

// Its inputs hold seeded noise, the same each time.
Result<api::Session> SessionOnNoise(const std::string& model, const BenchmarkOptions& options);

}  // namespace goldcrest::pipeline
