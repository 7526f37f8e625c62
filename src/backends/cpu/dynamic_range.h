// Layers of float32 activations that are quantized as they come and integer weights: exact sums of
// integers brought to float32, in TensorFlow Lite's reference kernels' order, whatever the
// arithmetic.
#pragma once

#include "backends/cpu/lower.h"

namespace goldcrest::backends::cpu {

// Whether a layer's first operand is float32 and its weights are integers.
bool IsDynamicRange(const Operands& operands);

Lowered LowerDynamicRange(const graph::Conv2D& op, const Operands& operands);
Lowered LowerDynamicRange(const graph::DepthwiseConv2D& op, const Operands& operands);
Lowered LowerDynamicRange(const graph::FullyConnected& op, const Operands& operands);

}  // namespace goldcrest::backends::cpu
