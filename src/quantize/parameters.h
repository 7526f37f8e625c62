// From ranges of reals to scales and zero points, after the TFLite 8-bit quantization
// specification.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "tensor/dtype.h"
#include "tensor/quantization.h"

namespace goldcrest::quantize {

struct Range {
  double low = 0;
  double high = 0;

  Range Union(const Range& other) const {
    return {std::min(low, other.low), std::max(high, other.high)};
  }
};

// Of finite elements; zero is always in it.
Range RangeOf(std::span<const float> elements);

// `range` made as wide as need be for the integers of `dtype` to have the zero point 0, as int16
// has it anyway.
Range Symmetric(const Range& range, tensor::DType dtype);

// One scale and zero point for all of a tensor, so that zero is an integer: asymmetric for int8 and
// uint8, symmetric with zero point 0 for int16. An empty range (a dead tensor) gets the scale 1.
tensor::Quantization ParametersOf(const Range& range, tensor::DType dtype);

// The same reals as integers of another type of 8 bits.
tensor::Quantization Shifted(const tensor::Quantization& parameters, tensor::DType from,
                             tensor::DType to);

// Rounds all elements to reals that integers stand for, half to even.
void RoundToGrid(const tensor::Quantization& parameters, tensor::DType dtype,
                 std::span<float> elements);

// The same of one at a time.
class Grid {
 public:
  Grid(const tensor::Quantization& parameters, tensor::DType dtype)
      : scale_(parameters.scale[0]),
        lowest_(static_cast<float>(tensor::LimitsOf(dtype)->low - parameters.zero_point[0])),
        highest_(static_cast<float>(tensor::LimitsOf(dtype)->high - parameters.zero_point[0])) {}

  float Round(float x) const {
    return std::clamp(std::nearbyint(x / scale_), lowest_, highest_) * scale_;
  }

 private:
  float scale_, lowest_, highest_;
};

}  // namespace goldcrest::quantize
