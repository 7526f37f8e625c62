// Places values in one arena so that those alive at the same time do not overlap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace goldcrest::runtime {

struct Lifetime {
  size_t bytes = 0;
  int32_t first = 0;  // the step that makes it (-1: there before the first)
  int32_t last = 0;   // the last step that reads it
};

struct ArenaPlan {
  std::vector<size_t> offsets;  // one for each lifetime, aligned to base::kAlignment
  size_t bytes = 0;
};

// Greedy by size (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference",
// 2020): the largest first, each in the smallest gap that fits between those alive with it. Nothing
// where the sizes overflow.
std::optional<ArenaPlan> PlanArena(std::span<const Lifetime> lifetimes);

}  // namespace goldcrest::runtime
