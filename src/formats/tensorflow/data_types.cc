#include "formats/tensorflow/data_types.h"

#include <array>
#include <string_view>

#include "base/strings.h"

namespace goldcrest::formats::tensorflow {
namespace {

constexpr std::array<std::string_view, 24> kTypeNames = {
    "no type",   "float32", "float64",    "int32",   "uint8",    "int16",   "int8",     "string",
    "complex64", "int64",   "bool",       "qint8",   "quint8",   "qint32",  "bfloat16", "qint16",
    "quint16",   "uint16",  "complex128", "float16", "resource", "variant", "uint32",   "uint64"};

}  // namespace

std::string NameOfType(int32_t type) {
  if (type < 0 || static_cast<size_t>(type) >= kTypeNames.size()) {
    return base::Cat("type ", type);
  }
  return std::string(kTypeNames[static_cast<size_t>(type)]);
}

}  // namespace goldcrest::formats::tensorflow
