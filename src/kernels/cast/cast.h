// Elements as another type: reals are cut off towards zero and end at the type's limits, integers
// wrap, and whatever is not zero is true.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tensor/dtype.h"

namespace goldcrest::kernels::cast {

// Computes the elements [first, last). No type is float16.
void Run(tensor::DType from, tensor::DType to, const std::byte* x, std::byte* y, int64_t first,
         int64_t last) noexcept;

}  // namespace goldcrest::kernels::cast
