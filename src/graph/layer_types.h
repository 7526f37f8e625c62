// Which element types go together in a layer with weights: float32, and the ways in which
// TensorFlow Lite quantizes.
#pragma once

#include <optional>

#include "base/result.h"
#include "tensor/dtype.h"

namespace goldcrest::graph {

// How a layer with weights computes.
enum class LayerArithmetic : uint8_t {
  kFloat,    // float32 all through
  kHybrid,   // float32 activations that are quantized as they come, 8-bit weights, float32 bias
  kUInt8,    // uint8 activations and weights, int32 bias
  kInt8,     // int8 activations and weights, int32 bias
  kInt16x8,  // int16 activations, int8 weights, int64 bias (or int32)
};

// Of a layer with these operands, whose result has x's type; an error where they do not go
// together.
Result<LayerArithmetic> LayerArithmeticOf(tensor::DType x, tensor::DType weights,
                                          std::optional<tensor::DType> bias);

}  // namespace goldcrest::graph
