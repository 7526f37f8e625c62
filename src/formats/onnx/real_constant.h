// Constants of other types as float32.
#pragma once

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::formats::onnx {

// The reals that a constant's elements stand for: of float16, and of integers with a scale, or one
// for each index of an axis. An error for anything else.
Result<tensor::SharedBytes> RealConstant(const graph::Value& value);

}  // namespace goldcrest::formats::onnx
