// The real numbers that a tensor's elements stand for.
#pragma once

#include <vector>

#include "base/result.h"
#include "tensor/quantization.h"
#include "tensor/tensor.h"

namespace goldcrest::tensor {

// float32 as they are; int8, uint8 and int16 by their scale and zero point. An error for any other
// type, and for integers that have no scale, or several.
Status ReadReals(const TensorView& view, const Quantization& quantization,
                 std::vector<float>& reals);

}  // namespace goldcrest::tensor
