// TensorFlow's numbers for element types.
#pragma once

#include <cstdint>
#include <string>

namespace goldcrest::formats::tensorflow {

enum DataType : int32_t {
  kFloat = 1,
  kInt32 = 3,
  kString = 7,
  kInt64 = 9,
  kBool = 10,
};

// "float32"; those that are not read too, for errors.
std::string NameOfType(int32_t type);

}  // namespace goldcrest::formats::tensorflow
