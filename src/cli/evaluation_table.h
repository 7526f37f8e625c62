// Models side by side, as the terminal shows them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "pipeline/evaluate.h"

namespace goldcrest::cli {

// What tables call the models: their files' names, if they differ.
std::vector<std::string> ModelNames(const pipeline::EvaluateReport& report);

// A row a model: size, cost, how often it is right, how far it is from the first.
std::string ModelsTable(const pipeline::EvaluateReport& report);

// One of the models: how often it is right, and, from the second on, how far it is from the first.
nlohmann::ordered_json FiguresJson(const pipeline::EvaluateReport& report, size_t index);

// "34.1", or "equal" where there is no noise.
std::string Decibels(double db);

}  // namespace goldcrest::cli
