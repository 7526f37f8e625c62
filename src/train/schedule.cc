#include "train/schedule.h"

#include <array>

namespace goldcrest::train {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"constant", "cosine", "step"};

}  // namespace

std::span<const std::string_view> DecayNames() { return kNames; }

Result<Decay> ParseDecay(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name);
  if (found != kNames.end()) return static_cast<Decay>(found - kNames.begin());
  return Fail(ErrorCode::kUsage, "--schedule is '", name, "'; it can be constant, cosine or step");
}

}  // namespace goldcrest::train
