// What the tests of the kernel tables share.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "base/cpu_features.h"

namespace goldcrest::kernels {

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();
inline constexpr float kCanary = 12345.5F;
inline constexpr size_t kCanaries = 16;
inline constexpr std::byte kGuardByte{0xA5};  // the same for integers

// An output within canaries, filled with rubbish.
inline std::vector<float> Guarded(int64_t count) {
  return std::vector<float>(static_cast<size_t>(count) + 2 * kCanaries, kCanary);
}

inline void ExpectCanaries(const std::vector<float>& guarded, std::string_view row) {
  for (size_t i = 0; i < kCanaries; ++i) {
    ASSERT_EQ(guarded[i], kCanary) << row;
    ASSERT_EQ(guarded[guarded.size() - 1 - i], kCanary) << row;
  }
}

// Without what bfloat16 has no room for: numbers that it does not round.
inline std::vector<float> Shortened(std::vector<float> values) {
  for (float& x : values) x = std::bit_cast<float>(std::bit_cast<uint32_t>(x) & 0xFFFF0000U);
  return values;
}

inline bool RunsHere(base::Isa isa) { return base::Covers(base::MachineIsa(), isa); }

template <class Row>
size_t CountOnThisMachine(std::span<const Row> rows) {
  return static_cast<size_t>(
      std::ranges::count_if(rows, [](const Row& row) { return RunsHere(row.isa); }));
}

// Calls use(row) for every row that this machine runs and that takes the parameters.
template <class Row, class Params, class Use>
void ForEachRow(std::span<const Row> rows, const Params& params, const Use& use) {
  for (const Row& row : rows) {
    if (RunsHere(row.isa) && row.refuse(params).empty()) use(row);
  }
}

}  // namespace goldcrest::kernels
