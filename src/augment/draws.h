// Random numbers of one picture in one epoch.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/random.h"

namespace goldcrest::augment {

// All that a change depends on: not on threads, nor on the order of the pictures.
struct Occasion {
  uint64_t seed = 0;
  int64_t epoch = 0;
  int64_t index = 0;  // of the picture
};

// Each change draws from a stream of its own, and is the same whatever the others are.
enum class Purpose : uint64_t {
  kFlip,
  kCrop,
  kRotate,
  kJitter,
  kCutout,
  kMixup,
  // Of drawn pictures.
  kScene,
  kPose,
  kSurface,
  kCamera,
};

class Draws {
 public:
  Draws(const Occasion& occasion, Purpose purpose)
      : stream_(base::Mixed(
            base::Mixed(base::Mixed(occasion.seed, Bits(occasion.epoch)), Bits(occasion.index)),
            static_cast<uint64_t>(purpose))) {}

  // In [0, 1).
  double Unit() { return base::UnitOf(base::Mixed(stream_, next_++)); }
  double Between(double low, double high) { return low + (high - low) * Unit(); }
  // In [0, count).
  int64_t Below(int64_t count) {
    return std::min(static_cast<int64_t>(Unit() * static_cast<double>(count)), count - 1);
  }

 private:
  static uint64_t Bits(int64_t number) { return static_cast<uint64_t>(number); }

  uint64_t stream_;
  uint64_t next_ = 0;
};

}  // namespace goldcrest::augment
