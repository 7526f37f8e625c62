// The schedule of one band.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/schedule.h"

namespace goldcrest::runtime {

// Line buffers of a band, one for each step but the last.
struct BandPlan {
  std::vector<int64_t> lap_elements;  // that fit in one lap
  std::vector<int> laps_at_once;      // kept in memory
};

// Nothing where buffers and constants do not fit in the second-level caches of the threads.
std::optional<BandPlan> PlanBand(std::span<const ScheduledStep> steps, int threads);

// Appends the chunks of a band whose first step is `first` among all.
void AddBand(std::span<const ScheduledStep> steps, int32_t first, const BandPlan& plan, int threads,
             std::vector<Item>& items);

}  // namespace goldcrest::runtime
