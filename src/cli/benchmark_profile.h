// What `goldcrest benchmark --profile` tells of operators and steps: their time beside what the
// machine could do.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "pipeline/benchmark.h"

namespace goldcrest::cli {

// Tables by kind of operator and of the slowest steps.
std::string ProfileTables(const pipeline::ModelBenchmark& result);

// `roofline`, `operators` and `steps`; nothing where there is no profile.
void AddProfile(const pipeline::ModelBenchmark& result, nlohmann::ordered_json& json);

}  // namespace goldcrest::cli
