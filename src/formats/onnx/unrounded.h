// Which values a file leaves unrounded though the model has integers for them.
#pragma once

#include <vector>

#include "formats/onnx/onnx.h"
#include "graph/graph.h"

namespace goldcrest::formats::onnx {

// By value. OpenVINO and TensorRT join a layer with the functions of one element behind it as long
// as nothing is rounded between them, and constants in reals. MobileNet V3 is a fifth slower in
// OpenVINO otherwise (bench/peers/onnx_speed.py); nncf, its own quantizer, rounds in the same
// places. TensorRT joins a layer with the addition of a residual that is rounded, if its own result
// is not
// (docs.nvidia.com/deeplearning/tensorrt/latest/inference-library/quantized-types-explicit-quantization.html,
// "Q/DQ Layer-Placement Recommendations"). ONNX Runtime joins operators that are rounded on both
// sides.
std::vector<bool> UnroundedValues(const graph::Graph& graph, Target target);

}  // namespace goldcrest::formats::onnx
