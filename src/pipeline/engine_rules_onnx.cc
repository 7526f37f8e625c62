// Engines that read ONNX: which of the operators that are written for them they compute in
// integers.
#include <algorithm>
#include <vector>

#include "base/strings.h"
#include "formats/onnx/onnx.h"
#include "pipeline/engine_rules.h"

namespace goldcrest::pipeline {
namespace {

constexpr Arithmetics kOnnxReals = kFloats | kBytes | kWide;
constexpr Arithmetics kOnnxAny = kOnnxReals | kHybrid | kIndices | kHalves;
constexpr Arithmetics kInFloats = kHybrid | kWide | kHalves;  // of layers

// Shapes are worked out when the file is written; what else is made of them is not.
std::optional<Finding> ForReshapesOnly(const graph::Graph& graph, const graph::Node& node) {
  std::vector<bool> shapes(graph.values.size(), false);
  shapes[static_cast<size_t>(node.output)] = true;
  for (const graph::Node& reader : graph.nodes) {
    const bool target = std::holds_alternative<graph::Reshape>(reader.op);
    for (size_t i = 0; i < reader.inputs.size(); ++i) {
      if (!shapes[static_cast<size_t>(reader.inputs[i])] || (target && i == 1)) continue;
      shapes[static_cast<size_t>(reader.output)] = true;
    }
  }
  const bool leaves = std::ranges::any_of(
      graph.outputs, [&](graph::ValueId id) { return shapes[static_cast<size_t>(id)]; });
  if (!leaves) return std::nullopt;
  return Finding{Verdict::kRefused, "shapes that are computed are not written as ONNX",
                 "goldcrest convert --input-shapes"};
}

// Of vectors of indices as above, of all else nothing.
std::optional<Finding> SliceOfReals(const graph::Graph& graph, const graph::Node& node) {
  const bool indices = ArithmeticOf(graph, node) == kIndices;
  return indices ? ForReshapesOnly(graph, node) : std::nullopt;
}

std::optional<Finding> OverPixels(const graph::Graph& graph, const graph::Node& node) {
  const auto& op = std::get<graph::Mean>(node.op);
  const bool floats = ArithmeticOf(graph, node) == kFloats;
  if (floats || op.axes == std::vector<int64_t>{1, 2}) return std::nullopt;
  return Finding{Verdict::kFallsBack, "only means over height and width are computed in integers",
                 ""};
}

constexpr std::array kOnnxRuntimeOperators = {
    OperatorRule{"conv2d", kFloats | kBytes, kInFloats},
    OperatorRule{"depthwise_conv2d", kFloats | kBytes, kInFloats},
    OperatorRule{"conv_transpose2d", kFloats, kInFloats | kBytes},
    OperatorRule{"fully_connected", kFloats | kBytes, kInFloats},
    OperatorRule{"average_pool2d", kFloats | kBytes, kWide},
    OperatorRule{"max_pool2d", kFloats | kBytes, kWide},
    OperatorRule{"batch_norm", kFloats},
    OperatorRule{"activate", kFloats, kBytes | kWide},
    OperatorRule{"hard_swish", kFloats, kBytes | kWide},
    OperatorRule{"logistic", kFloats | kBytes, kWide},
    OperatorRule{"tanh", kFloats, kBytes | kWide},
    OperatorRule{"leaky_relu", kFloats | kBytes, kWide},
    OperatorRule{"prelu", kFloats, kBytes | kWide},
    OperatorRule{"math", kFloats, kBytes | kWide},
    OperatorRule{"add", kFloats | kBytes, kWide},
    OperatorRule{"sub", kFloats, kBytes | kWide},
    OperatorRule{"mul", kFloats | kBytes, kWide},
    OperatorRule{"div", kFloats, kBytes | kWide},
    OperatorRule{"maximum", kFloats, kBytes | kWide},
    OperatorRule{"minimum", kFloats, kBytes | kWide},
    OperatorRule{"pad", kFloats, kBytes | kWide},
    OperatorRule{"mean", kFloats | kBytes, kWide, OverPixels},
    OperatorRule{"reduce", kFloats, kBytes | kWide},
    OperatorRule{"arg_max", kOnnxAny},
    OperatorRule{"l2_normalize", kFloats, kBytes | kWide},
    OperatorRule{"softmax", kFloats | kBytes, kWide},
    OperatorRule{"resize_bilinear", kFloats, kBytes | kWide},
    OperatorRule{"resize_nearest", kFloats | kBytes, kWide},
    OperatorRule{"reshape", kOnnxAny},
    OperatorRule{"transpose", kOnnxAny},
    OperatorRule{"strided_slice", kOnnxAny, 0, SliceOfReals},
    OperatorRule{"space_to_depth", kFloats, kBytes | kWide},
    OperatorRule{"depth_to_space", kFloats | kBytes, kWide},
    OperatorRule{"space_to_batch"},
    OperatorRule{"batch_to_space"},
    OperatorRule{"concatenation", kFloats | kBytes | kIndices, kWide},
    OperatorRule{"shape", kOnnxAny, 0, ForReshapesOnly},
    OperatorRule{"pack", kOnnxAny, 0, ForReshapesOnly},
    OperatorRule{"cast", kFloats | kIndices},
    OperatorRule{"quantize", kOnnxReals},
    OperatorRule{"dequantize", kOnnxReals | kHalves},
    OperatorRule{"fake_quant"},
    OperatorRule{"detection_post_process"},
    OperatorRule{"dropout", kOnnxAny},        // nothing is written for it
    OperatorRule{"training_only", kOnnxAny},  // the same
};

// Functions of one element are joined with the layer before them, in float32.
constexpr std::array kOpenVinoOperators = {
    OperatorRule{"conv2d", kFloats | kBytes, kInFloats},
    OperatorRule{"depthwise_conv2d", kFloats | kBytes, kInFloats},
    OperatorRule{"conv_transpose2d", kFloats | kBytes, kInFloats},
    OperatorRule{"fully_connected", kFloats | kBytes, kInFloats},
    OperatorRule{"average_pool2d", kFloats | kBytes, kWide},
    OperatorRule{"max_pool2d", kFloats | kBytes, kWide},
    OperatorRule{"batch_norm", kFloats},
    OperatorRule{"activate", kFloats | kBytes, kWide},
    OperatorRule{"hard_swish", kFloats | kBytes, kWide},
    OperatorRule{"logistic", kFloats | kBytes, kWide},
    OperatorRule{"tanh", kFloats | kBytes, kWide},
    OperatorRule{"leaky_relu", kFloats | kBytes, kWide},
    OperatorRule{"prelu", kFloats | kBytes, kWide},
    OperatorRule{"math", kFloats, kBytes | kWide},
    OperatorRule{"add", kFloats | kBytes, kWide},
    OperatorRule{"sub", kFloats | kBytes, kWide},
    OperatorRule{"mul", kFloats | kBytes, kWide},
    OperatorRule{"div", kFloats, kBytes | kWide},
    OperatorRule{"maximum", kFloats, kBytes | kWide},
    OperatorRule{"minimum", kFloats, kBytes | kWide},
    OperatorRule{"pad", kFloats | kBytes, kWide},
    OperatorRule{"mean", kFloats | kBytes, kWide},
    OperatorRule{"reduce", kFloats | kBytes, kWide},
    OperatorRule{"arg_max", kOnnxAny},
    OperatorRule{"l2_normalize", kFloats | kBytes, kWide},
    OperatorRule{"softmax", kFloats, kBytes | kWide},
    OperatorRule{"resize_bilinear", kFloats | kBytes, kWide},
    OperatorRule{"resize_nearest", kFloats | kBytes, kWide},
    OperatorRule{"reshape", kOnnxAny},
    OperatorRule{"transpose", kOnnxAny},
    OperatorRule{"strided_slice", kOnnxAny, 0, SliceOfReals},
    OperatorRule{"space_to_depth", kFloats, kBytes | kWide},
    OperatorRule{"depth_to_space", kFloats | kBytes, kWide},
    OperatorRule{"space_to_batch"},
    OperatorRule{"batch_to_space"},
    OperatorRule{"concatenation", kFloats | kBytes | kIndices, kWide},
    OperatorRule{"shape", kOnnxAny, 0, ForReshapesOnly},
    OperatorRule{"pack", kOnnxAny, 0, ForReshapesOnly},
    OperatorRule{"cast", kFloats | kIndices},
    OperatorRule{"quantize", kOnnxReals},
    OperatorRule{"dequantize", kOnnxReals | kHalves},
    OperatorRule{"fake_quant"},
    OperatorRule{"detection_post_process"},
    OperatorRule{"dropout", kOnnxAny},        // nothing is written for it
    OperatorRule{"training_only", kOnnxAny},  // the same
};

constexpr Arithmetics kGpu = kFloats | kSigned;

constexpr std::array kTensorRtOperators = {
    OperatorRule{"conv2d", kGpu, kHybrid | kHalves},
    OperatorRule{"depthwise_conv2d", kGpu, kHybrid | kHalves},
    OperatorRule{"conv_transpose2d", kGpu, kHybrid | kHalves},
    OperatorRule{"fully_connected", kGpu, kHybrid | kHalves},
    OperatorRule{"average_pool2d", kGpu},
    OperatorRule{"max_pool2d", kGpu},
    OperatorRule{"batch_norm", kFloats},
    OperatorRule{"activate", kGpu},
    OperatorRule{"hard_swish", kFloats, kSigned},
    OperatorRule{"logistic", kFloats, kSigned},
    OperatorRule{"tanh", kFloats, kSigned},
    OperatorRule{"leaky_relu", kGpu},
    OperatorRule{"prelu", kFloats, kSigned},
    OperatorRule{"math", kFloats, kSigned},
    OperatorRule{"add", kGpu},
    OperatorRule{"sub", kFloats, kSigned},
    OperatorRule{"mul", kFloats, kSigned},
    OperatorRule{"div", kFloats, kSigned},
    OperatorRule{"maximum", kFloats, kSigned},
    OperatorRule{"minimum", kFloats, kSigned},
    OperatorRule{"pad", kFloats, kSigned},
    OperatorRule{"mean", kGpu, 0, OverPixels},
    OperatorRule{"reduce", kFloats, kSigned},
    OperatorRule{"arg_max", kOnnxAny},
    OperatorRule{"l2_normalize", kFloats, kSigned},
    OperatorRule{"softmax", kFloats, kSigned},
    OperatorRule{"resize_bilinear", kGpu},
    OperatorRule{"resize_nearest", kGpu},
    OperatorRule{"reshape", kGpu | kIndices},
    OperatorRule{"transpose", kGpu | kIndices},
    OperatorRule{"strided_slice", kGpu | kIndices, 0, SliceOfReals},
    OperatorRule{"space_to_depth", kGpu},
    OperatorRule{"depth_to_space", kGpu},
    OperatorRule{"space_to_batch"},
    OperatorRule{"batch_to_space"},
    OperatorRule{"concatenation", kGpu | kIndices},
    OperatorRule{"shape", kOnnxAny, 0, ForReshapesOnly},
    OperatorRule{"pack", kOnnxAny, 0, ForReshapesOnly},
    OperatorRule{"cast", kFloats | kIndices},
    OperatorRule{"quantize", kSigned},
    OperatorRule{"dequantize", kSigned | kHalves},
    OperatorRule{"fake_quant"},
    OperatorRule{"detection_post_process"},
    OperatorRule{"dropout", kOnnxAny},        // nothing is written for it
    OperatorRule{"training_only", kOnnxAny},  // the same
};

std::string OnnxRemedy(Arithmetics arithmetic) {
  if (arithmetic & (kHybrid | kWide)) return "quantize with goldcrest quantize --to int8";
  return "";
}

std::string TensorRtRemedy(Arithmetics arithmetic) {
  if (arithmetic == kSigned) return "";
  return "quantize with goldcrest quantize --to int8 --symmetric --io float32";
}

// What convert --target would say.
std::optional<Finding> ExpectWritten(const graph::Graph& graph, formats::onnx::Target target) {
  std::vector<std::string> notes;
  auto adapted = formats::onnx::Adapt(graph, target, notes);
  if (adapted) {
    auto written = formats::onnx::Write(*adapted, {.target = target});
    if (written) return std::nullopt;
    return Finding{Verdict::kRefused, written.error().ToString(), ""};
  }
  return Finding{Verdict::kRefused, adapted.error().ToString(), ""};
}

template <formats::onnx::Target kTarget>
std::optional<Finding> ExpectWrittenFor(const graph::Graph& graph) {
  return ExpectWritten(graph, kTarget);
}

}  // namespace

constexpr EngineRules kOnnxRuntimeRules = {
    .name = "ONNX Runtime",
    .operators = kOnnxRuntimeOperators,
    .operators_source =
        "https://github.com/microsoft/onnxruntime/blob/main/docs/OperatorKernels.md",
    .types_source = "https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html",
    .fallback = "computed in float32",
    .remedy = OnnxRemedy,
    .model = ExpectWrittenFor<formats::onnx::Target::kOnnxRuntime>,
};

constexpr EngineRules kOpenVinoRules = {
    .name = "OpenVINO",
    .operators = kOpenVinoOperators,
    .operators_source =
        "https://docs.openvino.ai/2025/documentation/compatibility-and-support/"
        "supported-operations.html",
    .types_source = "https://docs.openvino.ai/latest/openvino_docs_OV_UG_lpt.html",
    .fallback = "computed in float32",
    .remedy = OnnxRemedy,
    .model = ExpectWrittenFor<formats::onnx::Target::kOpenVino>,
};

constexpr EngineRules kTensorRtRules = {
    .name = "TensorRT",
    .operators = kTensorRtOperators,
    .operators_source = "https://github.com/onnx/onnx-tensorrt/blob/main/docs/operators.md",
    .types_source =
        "https://docs.nvidia.com/deeplearning/tensorrt/latest/inference-library/"
        "work-quantized-types.html",
    .fallback = "computed in float32",
    .remedy = TensorRtRemedy,
    .model = ExpectWrittenFor<formats::onnx::Target::kTensorRt>,
};

}  // namespace goldcrest::pipeline
