#include "runtime/memory_planner.h"

#include <algorithm>
#include <numeric>

#include "base/aligned_buffer.h"

namespace goldcrest::runtime {
namespace {

bool Overlap(const Lifetime& a, const Lifetime& b) {
  return a.first <= b.last && b.first <= a.last;
}

}  // namespace

std::optional<ArenaPlan> PlanArena(std::span<const Lifetime> lifetimes) {
  size_t total = 0;
  for (const Lifetime& lifetime : lifetimes) {
    if (lifetime.bytes > PTRDIFF_MAX / 2) return std::nullopt;
    total += base::AlignUp(lifetime.bytes);
    if (total > PTRDIFF_MAX / 2) return std::nullopt;
  }
  std::vector<size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](size_t i) { return lifetimes[i].bytes; });

  ArenaPlan plan;
  plan.offsets.resize(lifetimes.size());
  std::vector<size_t> placed;  // by rising offset
  for (size_t i : order) {
    size_t need = base::AlignUp(lifetimes[i].bytes);
    size_t best = 0;
    size_t best_gap = SIZE_MAX;
    size_t end = 0;  // of what lies below, among those alive with this one
    for (size_t other : placed) {
      if (!Overlap(lifetimes[i], lifetimes[other])) continue;
      size_t start = plan.offsets[other];
      if (start >= end + need && start - end < best_gap) {
        best = end;
        best_gap = start - end;
      }
      end = std::max(end, start + base::AlignUp(lifetimes[other].bytes));
    }
    plan.offsets[i] = best_gap == SIZE_MAX ? end : best;
    plan.bytes = std::max(plan.bytes, plan.offsets[i] + need);
    auto by_offset = [&](size_t p) { return plan.offsets[p]; };
    placed.insert(std::ranges::upper_bound(placed, plan.offsets[i], {}, by_offset), i);
  }
  return plan;
}

}  // namespace goldcrest::runtime
