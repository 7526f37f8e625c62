#include "formats/onnx/tensor_types.h"

#include <array>
#include <string_view>

#include "base/strings.h"

namespace goldcrest::formats::onnx {
namespace {

constexpr std::array<std::string_view, 17> kTensorTypeNames = {
    "no type", "float32", "uint8",     "int8",       "uint16",  "int16",
    "int32",   "int64",   "string",    "bool",       "float16", "float64",
    "uint32",  "uint64",  "complex64", "complex128", "bfloat16"};

}  // namespace

std::string NameOfTensorType(int32_t type) {
  if (type < 0 || static_cast<size_t>(type) >= kTensorTypeNames.size()) {
    return base::Cat("type ", type);
  }
  return std::string(kTensorTypeNames[static_cast<size_t>(type)]);
}

std::optional<tensor::DType> DTypeOfTensorType(int32_t type) {
  if (type < 0 || static_cast<size_t>(type) >= kTensorTypeNames.size()) return std::nullopt;
  return tensor::DTypeNamed(kTensorTypeNames[static_cast<size_t>(type)]);
}

}  // namespace goldcrest::formats::onnx
