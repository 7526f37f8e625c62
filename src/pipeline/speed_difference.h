// Which of two models is faster, judged by rounds in which they took turns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "pipeline/statistics.h"

namespace goldcrest::pipeline {

enum class SpeedVerdict : uint8_t { kTooFewRounds, kNoDifference, kFaster, kSlower };

std::string_view NameOf(SpeedVerdict verdict);  // "slower", "no difference beyond noise"

struct SpeedDifference {
  double ratio = 1;            // after / before: the median over the rounds
  std::optional<Range> range;  // where that median lies (MedianInterval)
  size_t rounds = 0;           // that both have had
  SpeedVerdict verdict = SpeedVerdict::kTooFewRounds;
};

// Of the medians of rounds. What disturbs the machine for longer than a round hits both, so that
// each round is compared with itself. A difference is one only if the range is on one side of 1,
// and if it is more than what the same model differs from itself by, placed elsewhere in memory.
SpeedDifference CompareSpeed(std::span<const double> before, std::span<const double> after);

}  // namespace goldcrest::pipeline
