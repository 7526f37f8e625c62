// What one model costs more than another, in words.
#pragma once

#include <vector>

#include "pipeline/compare.h"

namespace goldcrest::pipeline {

// Layers that cost more than before, by being there, or by being larger or slower, are taken
// together where the same can be done about them. Told is what makes 5 % or more of the second
// model's time, weights or multiply-adds; the largest share first.
std::vector<CostFinding> FindCosts(const CompareReport& report);

}  // namespace goldcrest::pipeline
