// What kernels on quantized tensors share.
#pragma once

#include <cstdint>

#include "tensor/dtype.h"

namespace goldcrest::kernels {

// The integers that a result is clamped to.
struct IntegerClamp {
  int32_t low = INT32_MIN;
  int32_t high = INT32_MAX;

  constexpr int32_t operator()(int64_t x) const {
    return static_cast<int32_t>(x < low ? low : x > high ? high : x);
  }
  bool operator==(const IntegerClamp&) const = default;
};

// Calls visit(T()) for the C++ type T of int8, uint8 or int16.
template <class Visit>
decltype(auto) WithIntegerType(tensor::DType dtype, Visit&& visit) {
  switch (dtype) {
    case tensor::DType::kUInt8:
      return visit(uint8_t{});
    case tensor::DType::kInt16:
      return visit(int16_t{});
    default:
      return visit(int8_t{});
  }
}

}  // namespace goldcrest::kernels
