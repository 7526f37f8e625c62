#include "quantize/recipe.h"

#include <algorithm>
#include <array>

namespace goldcrest::quantize {
namespace {

constexpr std::array kSteps = {
    StepDescription{Step::kEqualization, "equalization",
                    "brings the channels that share a scale to one size (one scale a layer only)"},
    StepDescription{Step::kAbsorption, "absorption",
                    "moves what a channel always has into the next bias (one scale a layer only)"},
    StepDescription{Step::kWeightRanges, "weight-ranges",
                    "chooses scales of weights by squared error (high effort only)"},
    StepDescription{
        Step::kAdaptiveRounding, "adaptive-rounding",
        "rounds weights by what it does to results (one scale a layer, or high effort)"},
    StepDescription{Step::kBiasCorrection, "bias-correction",
                    "makes the mean of every channel what it is in the float model"},
};

}  // namespace

std::span<const StepDescription> Steps() { return kSteps; }

bool Recipe::Has(Step step, bool one_scale) const {
  const auto* found = std::ranges::find(kSteps, step, &StepDescription::step);
  if (std::ranges::find(without, found->name) != without.end()) return false;
  switch (step) {
    case Step::kEqualization:
    case Step::kAbsorption:
      return one_scale;
    case Step::kWeightRanges:
      return high_effort;
    case Step::kAdaptiveRounding:
      return one_scale || high_effort;
    case Step::kBiasCorrection:
      break;
  }
  return true;
}

Status CheckNames(const Recipe& recipe) {
  std::vector<std::string> names;
  names.reserve(kSteps.size());
  for (const StepDescription& step : kSteps) names.emplace_back(step.name);
  for (const std::string& name : recipe.without) {
    if (std::ranges::find(names, name) != names.end()) continue;
    const std::string nearest = base::Nearest(name, names);
    return Fail(ErrorCode::kUsage, "there is no step '", name, "'; the steps are ",
                base::Join(names, ", "),
                nearest.empty() ? "" : base::Cat("; did you mean ", nearest, "?"));
  }
  return {};
}

}  // namespace goldcrest::quantize
