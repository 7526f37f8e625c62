// Seeded numbers, the same on every machine.
#pragma once

#include <cstdint>
#include <vector>

namespace goldcrest::testing {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 1) {}

  uint64_t Next() {  // xorshift64*
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1d;
  }
  // In [low, high].
  int64_t Integer(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Next() % static_cast<uint64_t>(high - low + 1));
  }
  // In [-1, 1).
  float Float() { return static_cast<float>(Next() >> 40) / (1 << 23) - 1; }
  std::vector<float> Floats(int64_t count) {
    std::vector<float> values(static_cast<size_t>(count));
    for (float& value : values) value = Float();
    return values;
  }

 private:
  uint64_t state_;
};

}  // namespace goldcrest::testing
