// The page of `evaluate --html`.
#pragma once

#include <string>

#include "pipeline/evaluate.h"

namespace goldcrest::report {

// Tables and charts of all that the report says, with small copies of the worst pictures, which are
// read again. The same report gives the same page, but for the measured times.
std::string EvaluationPage(const pipeline::EvaluateReport& report);

// Parts of it: the models side by side, and which classes one of them takes for which (empty where
// there are too many).
std::string ModelTable(const pipeline::EvaluateReport& report);
std::string ConfusionChart(const pipeline::EvaluateReport& report,
                           const pipeline::EvaluatedModel& model);

}  // namespace goldcrest::report
