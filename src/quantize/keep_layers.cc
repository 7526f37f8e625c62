#include "quantize/keep_layers.h"

#include <algorithm>

namespace goldcrest::quantize {
namespace {

KeptLayers First(std::span<const Candidate> worst, size_t count) {
  KeptLayers kept;
  for (const Candidate& candidate : worst.first(count)) kept[candidate.node] = candidate.dtype;
  return kept;
}

// The least count within [1, most] that is good enough, if the goodness rises with it.
Result<std::optional<KeptLayers>> Bisect(std::span<const Candidate> worst, size_t most,
                                         const GoodEnough& good_enough) {
  std::optional<KeptLayers> best;
  GOLDCREST_TRY(const bool all, good_enough(First(worst, most)));
  if (!all) return best;
  best = First(worst, most);
  size_t least = 1;
  while (least < best->size()) {
    const size_t middle = least + (best->size() - least) / 2;
    KeptLayers kept = First(worst, middle);
    GOLDCREST_TRY(const bool enough, good_enough(kept));
    if (enough) {
      best = std::move(kept);
    } else {
      least = middle + 1;
    }
  }
  return best;
}

}  // namespace

Result<std::optional<KeptLayers>> KeepFewLayers(std::span<const Candidate> worst,
                                                const GoodEnough& good_enough) {
  if (worst.size() < 2) return std::optional<KeptLayers>();
  const bool some_wide = std::ranges::any_of(
      worst, [](const Candidate& c) { return c.dtype != tensor::DType::kFloat32; });
  if (some_wide) {
    // With all in their wider types there are integers still, unless none is int16.
    GOLDCREST_TRY(auto kept, Bisect(worst, worst.size(), good_enough));
    if (kept) return kept;
  }
  std::vector<Candidate> floats(worst.begin(), worst.end());
  for (Candidate& candidate : floats) {
    if (candidate.can_be_float) candidate.dtype = tensor::DType::kFloat32;
  }
  return Bisect(floats, worst.size() - 1, good_enough);
}

}  // namespace goldcrest::quantize
