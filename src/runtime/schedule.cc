#include "runtime/schedule.h"

#include <algorithm>

#include "runtime/band.h"

namespace goldcrest::runtime {
namespace {

// A value that is smaller stays in the second-level cache until it is read.
constexpr int64_t kLeastBytes = int64_t{256} << 10;

constexpr size_t kMostSteps = 16;  // of a band

bool HasOrder(const Step& step) { return !step.progress.empty() && step.preparations.empty(); }

bool IsLarge(const ScheduledStep& step) { return step.elements * step.element_bytes > kLeastBytes; }

// Whether these steps can be one band.
bool IsChain(std::span<const ScheduledStep> steps) {
  for (size_t s = 0; s < steps.size(); ++s) {
    if (!HasOrder(*steps[s].step)) return false;
    if (s > 0 && !(steps[s].follows && IsLarge(steps[s - 1]))) return false;
  }
  return true;
}

// Cuts all steps into bands so that the fewest bytes of large values are kept whole. Returns where
// each begins, and the end.
std::vector<size_t> CutIntoBands(std::span<const ScheduledStep> steps, int threads) {
  struct Cut {
    int64_t bytes = 0;  // kept whole by the steps before
    size_t first = 0;   // where the band that ends here begins
  };
  std::vector<Cut> best(steps.size() + 1);
  for (size_t last = 1; last <= steps.size(); ++last) {
    const ScheduledStep& step = steps[last - 1];
    const int64_t whole = IsLarge(step) ? step.elements * step.element_bytes : 0;
    best[last] = {best[last - 1].bytes + whole, last - 1};
    for (size_t first = last - 1; first-- > 0 && last - first <= kMostSteps;) {
      const auto band = steps.subspan(first, last - first);
      if (!IsChain(band) || !PlanBand(band, threads)) break;
      if (best[first].bytes + whole < best[last].bytes)
        best[last] = {best[first].bytes + whole, first};
    }
  }
  std::vector<size_t> cuts{steps.size()};
  while (cuts.back() > 0) cuts.push_back(best[cuts.back()].first);
  std::ranges::reverse(cuts);
  return cuts;
}

// Chunks of which each waits for all of what is before the step, or before its preparation.
void AddStep(const Step& step, int32_t i, std::vector<Item>& items) {
  auto count = [&] { return static_cast<uint32_t>(items.size()); };
  if (step.chunks == 1 && step.preparations.empty()) {
    // What is not cut stays on one thread.
    if (!items.empty() && items.back().kind == Item::Kind::kSteps) {
      items.back().last_step = i + 1;
    } else {
      items.push_back({Item::Kind::kSteps, i, i + 1, 0, 0, count()});
    }
    return;
  }
  for (size_t work = 0; work <= step.preparations.size(); ++work) {
    const int64_t chunks =
        work < step.preparations.size() ? step.preparations[work].chunks : step.chunks;
    const uint32_t after = count();
    for (int64_t chunk = 0; chunk < chunks; ++chunk) {
      items.push_back({Item::Kind::kChunk, i, i + 1, static_cast<int32_t>(work), chunk, after});
    }
  }
}

}  // namespace

Schedule MakeSchedule(std::span<const ScheduledStep> steps, int threads) {
  Schedule schedule;
  schedule.line_buffer_bytes.assign(steps.size(), 0);
  const std::vector<size_t> cuts = CutIntoBands(steps, threads);
  for (size_t cut = 0; cut + 1 < cuts.size(); ++cut) {
    const size_t first = cuts[cut];
    const auto band = steps.subspan(first, cuts[cut + 1] - first);
    const auto begin = static_cast<int32_t>(first);
    schedule.bands.push_back({begin, static_cast<int32_t>(cuts[cut + 1])});
    if (band.size() == 1) {
      AddStep(*band[0].step, begin, schedule.items);
      continue;
    }
    const BandPlan plan = *PlanBand(band, threads);
    AddBand(band, begin, plan, threads, schedule.items);
    for (size_t s = 0; s < plan.lap_elements.size(); ++s) {
      schedule.line_buffer_bytes[first + s] =
          static_cast<size_t>(plan.lap_elements[s] * plan.laps_at_once[s] * band[s].element_bytes);
    }
  }
  return schedule;
}

}  // namespace goldcrest::runtime
