// Element types.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace goldcrest::tensor {

enum class DType : uint8_t {
  kFloat32,
  kFloat16,
  kInt8,
  kUInt8,
  kInt16,
  kInt32,
  kInt64,
  kBool,
};

size_t SizeOf(DType dtype);            // bytes of one element
std::string_view NameOf(DType dtype);  // "float32", as NumPy spells it
// What an element can be; nothing where it is no integer of 8 or 16 bits.
struct IntegerLimits {
  int32_t low, high;
};
std::optional<IntegerLimits> LimitsOf(DType dtype);

std::optional<DType> DTypeNamed(std::string_view name);

}  // namespace goldcrest::tensor
