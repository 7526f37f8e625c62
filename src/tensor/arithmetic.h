// Whose rounding integer operators follow. Sums are exact in all; they differ, by a step at most,
// in how a sum is brought to the result's scale, and each is byte for byte what its engine
// computes, operator by operator.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace goldcrest::tensor {

enum class Arithmetic : uint8_t {
  kXnnpack,    // LiteRT's default: one multiplication in float32, ties to even; the fastest
  kReference,  // TensorFlow Lite's reference kernels, as on microcontrollers and most NPUs
  kBuiltin,    // LiteRT without XNNPACK
};
inline constexpr std::array<std::string_view, 3> kArithmeticNames = {"xnnpack", "reference",
                                                                     "builtin"};
inline std::string_view NameOf(Arithmetic a) { return kArithmeticNames[static_cast<size_t>(a)]; }

// The one that `name` names; the error says what `what` is and can be.
Result<Arithmetic> ParseArithmetic(std::string_view what, std::string_view name);

}  // namespace goldcrest::tensor
