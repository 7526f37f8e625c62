// ONNX models → Graph, without ONNX's own library.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "tensor/shape.h"
#include "tensor/shared_bytes.h"

namespace goldcrest::formats::onnx {

struct ReadOptions {
  // In the order of the inputs and with their dimensions in the file's own order; none: as it says.
  std::vector<tensor::Shape> input_shapes;
  // All bytes of a file that lies beside the model; its name has been found harmless: relative, and
  // not above the model's folder. Null where there is no such folder: such files are then an error.
  std::function<Result<tensor::SharedBytes>(const std::string& name)> file_beside;
};

// Whether the bytes begin as an ONNX model does.
bool Sniff(std::span<const std::byte> file);

// The graph that the outputs depend on. Pictures become NHWC: the order of a value's dimensions is
// followed through the graph, filters are turned to OHWI, and no transposition is left where one
// would only turn pictures between NCHW and NHWC. Inputs that convolutions and pools read as NCHW,
// and outputs that are such pictures, are NHWC in the graph, which a note says. Arithmetic on
// constants and on shapes is done here. Layers between QuantizeLinear and DequantizeLinear become
// layers of integers, as a .tflite has them; uint8 activations of int8 weights become int8. The
// graph is verified, its shapes inferred.
Result<graph::Graph> Read(std::span<const std::byte> file, const ReadOptions& options);

}  // namespace goldcrest::formats::onnx
