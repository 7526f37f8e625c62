// Random numbers that depend on what they are for, not on when they are drawn: a number for each
// pair of seed and index.
#pragma once

#include <cstdint>

namespace goldcrest::base {

// SplitMix64's mixing of its state (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
// Generators", 2014).
constexpr uint64_t Mixed(uint64_t seed, uint64_t index) {
  uint64_t z = seed + (index + 1) * 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

// In [0, 1), by the highest 53 bits.
constexpr double UnitOf(uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

}  // namespace goldcrest::base
