// ONNX models ↔ Graph, without ONNX's own library.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
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

// The engine that a file is for. They differ in how a quantized model must be spelled.
enum class Target : uint8_t { kOnnxRuntime, kOpenVino, kTensorRt };
inline constexpr std::array<std::string_view, 3> kTargetNames = {"onnxruntime", "openvino",
                                                                 "tensorrt"};
inline std::string_view NameOf(Target target) { return kTargetNames[static_cast<size_t>(target)]; }
Result<Target> ParseTarget(std::string_view name);

// How pictures lie that go in and come out.
enum class PictureLayout : uint8_t { kNchw, kNhwc };
inline constexpr std::array<std::string_view, 2> kPictureLayoutNames = {"NCHW", "NHWC"};
Result<PictureLayout> ParsePictureLayout(std::string_view name);  // in any case

struct WriteOptions {
  Target target = Target::kOnnxRuntime;
  PictureLayout layout = PictureLayout::kNchw;
  std::string producer_version;
};

// The graph as the target will compute it, for not every engine has all arithmetic: weights of
// float16, and integer weights under float activations, become float32; for TensorRT a softmax
// whose result is dequantized computes in float32. `notes` says what was changed. An error names
// what the engine has no way to compute, and what to do: TensorRT takes no zero points.
Result<graph::Graph> Adapt(const graph::Graph& graph, Target target,
                           std::vector<std::string>& notes);

// Whether a file for the target leaves values unrounded that the graph has integers for: what
// computes with it is then nearer to the reals than the graph is.
bool RoundsLess(const graph::Graph& graph, Target target);

// A graph that has been adapted, as ONNX: channels before height and width, without transposes but
// where elements change their order. Values of integers become QuantizeLinear and DequantizeLinear
// around operators of reals, which engines join to integer operators again. Inputs and outputs keep
// their names and types, a dimension that is not known gets a name. Input contract and labels go
// along as metadata (metadata.h). The same graph gives the same bytes, always.
Result<std::vector<std::byte>> Write(const graph::Graph& graph, const WriteOptions& options);

}  // namespace goldcrest::formats::onnx
