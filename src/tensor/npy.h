// NumPy's .npy files, versions 1 to 3 (format: numpy/lib/format.py's documentation), C order,
// little-endian, the types of DType.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "tensor/tensor.h"

namespace goldcrest::tensor {

Result<Tensor> ReadNpy(std::span<const std::byte> file);
std::vector<std::byte> WriteNpy(const TensorView& tensor);

}  // namespace goldcrest::tensor
