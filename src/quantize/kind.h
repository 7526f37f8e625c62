// What a model can be turned into.
#pragma once

#include <string_view>

#include "base/result.h"
#include "tensor/dtype.h"

namespace goldcrest::quantize {

enum class Kind : uint8_t {
  kFloat16,  // weights stored as float16; computes in float32
  kDynamic,  // int8 weights; activations are quantized as they come
  kInt8,     // int8 all through, one weight scale a channel
  kUInt8,    // uint8 all through, one asymmetric weight scale a tensor: TensorFlow 1's
  kInt16x8,  // int16 activations, int8 weights
  kMixed,    // int8, with the layers that lose most in int16x8 or float
};

Result<Kind> ParseKind(std::string_view text);
std::string_view NameOf(Kind kind);  // float16, dynamic, int8, uint8, int16x8, mixed

// The type of activations: of what runs between the layers, of mixed ones between most.
tensor::DType ActivationType(Kind kind);

// Whether ranges of activations must be known.
inline bool NeedsCalibration(Kind kind) { return kind != Kind::kFloat16 && kind != Kind::kDynamic; }

}  // namespace goldcrest::quantize
