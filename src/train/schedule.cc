#include "train/schedule.h"

#include <array>

namespace goldcrest::train {
namespace {

constexpr std::array<std::string_view, 3> kDecayNames = {"constant", "cosine", "step"};

}  // namespace

std::span<const std::string_view> DecayNames() { return kDecayNames; }

Result<Decay> ParseDecay(std::string_view name) {
  const auto* found = std::ranges::find(kDecayNames, name);
  if (found != kDecayNames.end()) return static_cast<Decay>(found - kDecayNames.begin());
  return Fail(ErrorCode::kUsage, "--schedule is '", name, "'; it can be constant, cosine or step");
}

}  // namespace goldcrest::train
