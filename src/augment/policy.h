// What is done to pictures that are learned from, so that no two epochs see the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace goldcrest::augment {

// Nothing, unless changed.
struct Policy {
  bool flip = false;   // mirrored left to right, every other time
  double crop = 1;     // least share of the area that a crop keeps, in (0, 1]; 1: no crop
  double rotate = 0;   // degrees to either side, at most
  double jitter = 0;   // of brightness, contrast, saturation and hue, in [0, 1]: see Jitter
  double mixup = 0;    // both shapes of the beta distribution of shares; 0: pictures are not mixed
  int64_t cutout = 0;  // pixels, side of a square that is painted grey

  bool operator==(const Policy&) const = default;
};

// "flip,crop:0.5,rotate:15,jitter:0.2,mixup:0.2,cutout:16", each of them once and, but for flip,
// with or without its number; "default" stands for flip,crop,jitter, and "none" or nothing for
// nothing. Errors are of usage.
Result<Policy> ParsePolicy(std::string_view text);

// As ParsePolicy takes it, complete; "none" where nothing is done.
std::string ToString(const Policy& policy);

}  // namespace goldcrest::augment
