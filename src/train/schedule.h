// The learning rate from step to step.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <string_view>

#include "base/result.h"

namespace goldcrest::train {

enum class Decay : uint8_t {
  kConstant,
  kCosine,  // half a cosine down to 0 at the end
  kStep,    // a tenth after each third of the steps
};
std::span<const std::string_view> DecayNames();
Result<Decay> ParseDecay(std::string_view name);

struct Schedule {
  double rate = 1e-3;
  Decay decay = Decay::kConstant;
  int64_t warm_up = 0;  // steps in which the rate rises evenly from 0
  int64_t steps = 1;    // in all

  // Of step 0, 1, …
  double At(int64_t step) const {
    if (step < warm_up) return rate * static_cast<double>(step + 1) / static_cast<double>(warm_up);
    const double share = static_cast<double>(step - warm_up) /
                         static_cast<double>(std::max<int64_t>(steps - warm_up, 1));
    switch (decay) {
      case Decay::kConstant:
        return rate;
      case Decay::kCosine:
        return rate * (1 + std::cos(std::numbers::pi * std::min(share, 1.0))) / 2;
      case Decay::kStep:
        break;
    }
    constexpr double kTenth = 0.1;
    return rate * std::pow(kTenth, std::floor(std::min(share, 1.0) * 3));
  }
};

}  // namespace goldcrest::train
