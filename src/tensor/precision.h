// In what convolutions and fully connected layers of float32 multiply. They add up in float32 in
// either.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/cpu_features.h"
#include "base/result.h"

namespace goldcrest::tensor {

enum class Precision : uint8_t {
  kFloat32,
  kBfloat16,  // both factors are rounded to 8 significant bits, the range stays that of float32
};
inline constexpr std::array<std::string_view, 2> kPrecisionNames = {"f32", "bf16"};
inline std::string_view NameOf(Precision p) { return kPrecisionNames[static_cast<size_t>(p)]; }

// The one that `name` names; the error says what `what` is and can be.
Result<Precision> ParsePrecision(std::string_view what, std::string_view name);

// Whether `isa` has instructions for it.
bool Has(base::Isa isa, Precision precision);

// An error, with what to do, where it has none.
Status ExpectPrecision(base::Isa isa, Precision precision);

}  // namespace goldcrest::tensor
