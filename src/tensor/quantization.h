// How integers stand for reals.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tensor/dtype.h"

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

// "int8[1, 224, 224, 3], scale 0.0078, zero point -1", or the type and shape alone.
std::string DescribeType(DType dtype, std::span<const int64_t> shape, const Quantization& q);

}  // namespace goldcrest::tensor
