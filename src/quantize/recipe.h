// What is done to keep a quantized model near the float one, each step by its name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace goldcrest::quantize {

enum class Step : uint8_t {
  kEqualization,      // equalize.h
  kAbsorption,        // equalize.h: high biases
  kWeightRanges,      // layer_weights.h: scales by squared error
  kBiasCorrection,    // correct_bias.h
  kAdaptiveRounding,  // adaptive_rounding.h
};

struct StepDescription {
  Step step;
  std::string_view name;
  std::string_view description;
};
std::span<const StepDescription> Steps();  // in the order in which they are done

struct Recipe {
  std::vector<std::string> without;  // names of steps
  bool high_effort = false;          // minutes instead of seconds

  bool Has(Step step, bool one_scale) const;
};

// An error where a step of `without` does not exist.
Status CheckNames(const Recipe& recipe);

}  // namespace goldcrest::quantize
