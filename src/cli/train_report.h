// What a training came to, for people and for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "pipeline/train.h"

namespace goldcrest::cli {

nlohmann::ordered_json TrainingJson(const pipeline::TrainOptions& options,
                                    const pipeline::TrainReport& report);

// To standard output.
void PrintTrainingReport(const pipeline::TrainOptions& options,
                         const pipeline::TrainReport& report);

// To standard error.
void PrintDiagnosis(const std::vector<train::Finding>& findings);

}  // namespace goldcrest::cli
