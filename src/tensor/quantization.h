// How integers stand for reals.
#pragma once

#include <cstdint>
#include <vector>

namespace goldcrest::tensor {

// real = scale · (q − zero_point); one pair for the whole tensor, or one for each index of `axis`.
// No scale at all: the integers stand for themselves.
struct Quantization {
  std::vector<float> scale;
  std::vector<int64_t> zero_point;
  int axis = 0;

  bool empty() const { return scale.empty(); }
  bool per_channel() const { return scale.size() > 1; }
  bool operator==(const Quantization&) const = default;
};

}  // namespace goldcrest::tensor
