#include "tensor/dtype.h"

#include <array>

namespace goldcrest::tensor {
namespace {

struct Facts {
  std::string_view name;
  size_t size;
};

// In the order of DType.
constexpr std::array<Facts, 8> kFacts = {{
    {"float32", 4},
    {"float16", 2},
    {"int8", 1},
    {"uint8", 1},
    {"int16", 2},
    {"int32", 4},
    {"int64", 8},
    {"bool", 1},
}};

}  // namespace

size_t SizeOf(DType dtype) { return kFacts[static_cast<size_t>(dtype)].size; }
std::string_view NameOf(DType dtype) { return kFacts[static_cast<size_t>(dtype)].name; }

std::optional<IntegerLimits> LimitsOf(DType dtype) {
  switch (dtype) {
    case DType::kInt8:
      return IntegerLimits{-128, 127};
    case DType::kUInt8:
      return IntegerLimits{0, 255};
    case DType::kInt16:
      return IntegerLimits{-32768, 32767};
    default:
      return std::nullopt;
  }
}

std::optional<DType> DTypeNamed(std::string_view name) {
  for (size_t i = 0; i < kFacts.size(); ++i) {
    if (kFacts[i].name == name) return static_cast<DType>(i);
  }
  return std::nullopt;
}

}  // namespace goldcrest::tensor
