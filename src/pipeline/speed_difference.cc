#include "pipeline/speed_difference.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace goldcrest::pipeline {
namespace {

// A model that was compared with itself differed by up to 1 %.
constexpr double kOfPlacement = 0.02;

}  // namespace

std::string_view NameOf(SpeedVerdict verdict) {
  constexpr std::array<std::string_view, 4> kNames = {
      "too few rounds to tell", "no difference beyond noise", "faster", "slower"};
  return kNames[static_cast<size_t>(verdict)];
}

SpeedDifference CompareSpeed(std::span<const double> before, std::span<const double> after) {
  std::vector<double> ratios;
  for (size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
    if (before[i] > 0) ratios.push_back(after[i] / before[i]);
  }
  SpeedDifference difference{.rounds = ratios.size()};
  if (ratios.empty()) return difference;
  difference.ratio = Summarize(ratios).median;
  difference.range = MedianInterval(ratios);
  if (!difference.range) return difference;
  const bool near = std::abs(difference.ratio - 1) < kOfPlacement;
  if (near || (difference.range->low <= 1 && difference.range->high >= 1)) {
    difference.verdict = SpeedVerdict::kNoDifference;
  } else {
    difference.verdict = difference.ratio < 1 ? SpeedVerdict::kFaster : SpeedVerdict::kSlower;
  }
  return difference;
}

}  // namespace goldcrest::pipeline
