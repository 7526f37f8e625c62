// The page of `evaluate --html`.
#pragma once

#include <string>

#include "pipeline/evaluate.h"

namespace goldcrest::report {

// Tables and charts of all that the report says, with small copies of the worst pictures, which are
// read again. The same report gives the same page, but for the measured times.
std::string EvaluationPage(const pipeline::EvaluateReport& report);

}  // namespace goldcrest::report
