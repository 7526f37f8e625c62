// What one model costs more than another, in words.
#pragma once

#include <vector>

#include "pipeline/compare.h"

namespace goldcrest::pipeline {

// Of each layer that is responsible for 5 % or more of the second model's time, weights or
// multiply-adds by being there, or by being larger or slower than before: in the order of the
// report's layers.
std::vector<CostFinding> FindCosts(const CompareReport& report);

}  // namespace goldcrest::pipeline
