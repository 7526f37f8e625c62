// The numbers that ONNX has for element types (TensorProto.DataType).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tensor/dtype.h"

namespace goldcrest::formats::onnx {

enum TensorType : int32_t {
  kFloatType = 1,
  kUInt8Type = 2,
  kInt8Type = 3,
  kInt16Type = 5,
  kInt32Type = 6,
  kInt64Type = 7,
  kBoolType = 9,
  kFloat16Type = 10,
  kDoubleType = 11,
  kBFloat16Type = 16,
};

// "float32", or a number where it has no name here.
std::string NameOfTensorType(int32_t type);

// Nothing where no value of the graph can have it.
std::optional<tensor::DType> DTypeOfTensorType(int32_t type);

}  // namespace goldcrest::formats::onnx
