// The page of `train --html`.
#pragma once

#include <string>
#include <vector>

#include "pipeline/train.h"

namespace goldcrest::report {

// What training came to: figures, diagnosis, curves, classes and confusion, and the settings, each
// a row of name and value.
std::string TrainingPage(const pipeline::TrainReport& report,
                         const std::vector<std::vector<std::string>>& settings);

// Parts of it: what the run's curves say, in words, and the curves.
std::string TrainingDiagnosis(const pipeline::TrainReport& report);
std::string TrainingCurves(const pipeline::TrainReport& report);

}  // namespace goldcrest::report
