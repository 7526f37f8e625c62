// NumPy's .npy files, versions 1 to 3 (format: numpy/lib/format.py's documentation), C order,
// little-endian, the types of DType.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "tensor/tensor.h"

namespace goldcrest::tensor {

// What a file says of its array, whose elements are the file's bytes from `offset` on: as many as
// type and shape need, at any alignment.
struct NpyHeader {
  DType dtype = DType::kFloat32;
  Shape shape;
  size_t offset = 0;
};

Result<NpyHeader> ReadNpyHeader(std::span<const std::byte> file);
Result<Tensor> ReadNpy(std::span<const std::byte> file);
std::vector<std::byte> WriteNpy(const TensorView& tensor);

}  // namespace goldcrest::tensor
