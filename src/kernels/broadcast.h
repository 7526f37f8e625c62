// How the second operand of an elementwise operator lies beside the first.
#pragma once

#include <cstdint>
#include <span>

namespace goldcrest::kernels {

struct Broadcast {
  static constexpr int kMostDimensions = 8;

  int64_t shape[kMostDimensions] = {1, 1, 1, 1, 1, 1, 1, 1};  // of a and y; unused ones come first
  int64_t b_stride[kMostDimensions] = {};  // the step in b; 0 along a dimension that b lacks

  // For operands of these shapes, b's dimensions being those of a or 1, or lacking at the front.
  // Dimensions are merged where b goes on evenly, so that the last one is long.
  static Broadcast Over(std::span<const int64_t> a, std::span<const int64_t> b);

  // Where the element of b for element i of a is.
  int64_t PlaceInB(int64_t i) const {
    int64_t place = 0;
    for (int d = kMostDimensions; d-- > 0; i /= shape[d]) place += i % shape[d] * b_stride[d];
    return place;
  }
};

}  // namespace goldcrest::kernels
