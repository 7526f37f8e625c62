// One number made of all along the middle dimension of [outer, reduced, inner].
#pragma once

#include <cstddef>
#include <cstdint>

#include "tensor/dtype.h"

namespace goldcrest::kernels::reduce {

enum class Kind : uint8_t { kSum, kProduct, kLargest, kSmallest };

struct Params {
  Kind kind = Kind::kSum;
  // float32; of the largest and smallest also int8, uint8, int16, int32.
  tensor::DType dtype = tensor::DType::kFloat32;
  int64_t outer = 1, reduced = 1, inner = 1;
};

// Computes the results [first, last) of outer · inner. Sums and products are taken in double.
void Run(const Params& params, const std::byte* x, std::byte* y, int64_t first,
         int64_t last) noexcept;

// Where the largest or smallest is, the first of equals, as int32 or int64.
struct PlaceParams {
  bool smallest = false, wide = false;  // wide: int64
  tensor::DType dtype = tensor::DType::kFloat32;
  int64_t reduced = 1, inner = 1;
};
void Place(const PlaceParams& params, const std::byte* x, std::byte* y, int64_t first,
           int64_t last) noexcept;

}  // namespace goldcrest::kernels::reduce
