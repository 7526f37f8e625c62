// TensorFlow Lite (LiteRT), and TensorFlow Lite for Microcontrollers.
#include "pipeline/engine_rules.h"

namespace goldcrest::pipeline {
namespace {

constexpr Arithmetics kTfliteLayers = kFloats | kHybrid | kBytes | kWide;
constexpr Arithmetics kTfliteReals = kFloats | kBytes | kWide;
constexpr Arithmetics kTfliteAny = kTfliteReals | kIndices | kHalves;

constexpr std::array kTfliteOperators = {
    OperatorRule{"conv2d", kTfliteLayers},
    OperatorRule{"depthwise_conv2d", kTfliteLayers},
    OperatorRule{"fully_connected", kTfliteLayers},
    OperatorRule{"average_pool2d", kTfliteReals},
    OperatorRule{"max_pool2d", kTfliteReals},
    OperatorRule{"batch_norm", kFloats},  // written as MUL and ADD
    OperatorRule{"activate", kTfliteReals},
    OperatorRule{"hard_swish", kFloats | kBytes},
    OperatorRule{"logistic", kTfliteReals},
    OperatorRule{"tanh", kTfliteReals},
    OperatorRule{"leaky_relu", kTfliteReals},
    OperatorRule{"add", kTfliteReals},
    OperatorRule{"mul", kTfliteReals},
    OperatorRule{"pad", kTfliteReals},
    OperatorRule{"mean", kTfliteReals},
    OperatorRule{"softmax", kTfliteReals},
    OperatorRule{"reshape", kTfliteAny},
    OperatorRule{"concatenation", kTfliteAny},
    OperatorRule{"shape", kTfliteAny},
    OperatorRule{"strided_slice", kTfliteAny},
    OperatorRule{"pack", kTfliteAny},
    OperatorRule{"conv_transpose2d", kTfliteLayers},
    OperatorRule{"prelu", kTfliteReals},
    OperatorRule{"math", kTfliteReals},
    OperatorRule{"sub", kTfliteReals},
    OperatorRule{"div", kTfliteReals},
    OperatorRule{"maximum", kTfliteReals},
    OperatorRule{"minimum", kTfliteReals},
    OperatorRule{"reduce", kTfliteReals},
    OperatorRule{"arg_max", kTfliteAny},
    OperatorRule{"l2_normalize", kTfliteReals},
    OperatorRule{"resize_bilinear", kTfliteReals},
    OperatorRule{"resize_nearest", kTfliteReals},
    OperatorRule{"transpose", kTfliteAny},
    OperatorRule{"space_to_depth", kTfliteReals},
    OperatorRule{"depth_to_space", kTfliteReals},
    OperatorRule{"space_to_batch", kTfliteReals},
    OperatorRule{"batch_to_space", kTfliteReals},
    OperatorRule{"cast", kTfliteAny},
    OperatorRule{"fake_quant", kFloats},
    OperatorRule{"detection_post_process", kFloats},
    OperatorRule{"quantize", kBytes | kWide},
    OperatorRule{"dequantize", kBytes | kWide | kHalves},
    OperatorRule{"dropout", kTfliteAny},        // removed by convert
    OperatorRule{"training_only", kTfliteAny},  // the same
};

std::string TfliteRemedy(Arithmetics) {
  return "quantize the float model again: goldcrest quantize --to int8";
}

constexpr Arithmetics kMicro = kFloats | kSigned | kWide;

// From float32 to int8 and int16 only, and between bytes.
std::optional<Finding> MicroQuantize(const graph::Graph& graph, const graph::Node& node) {
  const tensor::DType from = graph.value(node.inputs[0]).dtype;
  const tensor::DType to = graph.value(node.output).dtype;
  const bool refused = to == tensor::DType::kUInt8 && from != tensor::DType::kInt8;
  if (!refused) return std::nullopt;
  return Finding{Verdict::kRefused, "QUANTIZE makes uint8 of int8 only",
                 "quantize with goldcrest quantize --to int8 --io int8"};
}

constexpr std::array kMicroOperators = {
    OperatorRule{"conv2d", kMicro},
    OperatorRule{"depthwise_conv2d", kMicro},
    OperatorRule{"fully_connected", kMicro},
    OperatorRule{"average_pool2d", kMicro},
    OperatorRule{"max_pool2d", kMicro},
    OperatorRule{"batch_norm", kFloats},  // written as MUL and ADD
    OperatorRule{"activate", kMicro},
    OperatorRule{"hard_swish", kFloats | kSigned},
    OperatorRule{"logistic", kMicro},
    OperatorRule{"tanh", kMicro},
    OperatorRule{"leaky_relu", kMicro},
    OperatorRule{"add", kMicro},
    OperatorRule{"mul", kMicro},
    OperatorRule{"pad", kMicro},
    OperatorRule{"mean", kMicro},
    OperatorRule{"softmax", kMicro},
    OperatorRule{"reshape", kTfliteAny},
    OperatorRule{"concatenation", kMicro | kIndices},
    OperatorRule{"shape", kTfliteAny},
    OperatorRule{"strided_slice", kMicro | kIndices},
    OperatorRule{"pack", kMicro | kIndices},
    OperatorRule{"conv_transpose2d", kMicro},
    OperatorRule{"prelu", kFloats | kSigned},
    OperatorRule{"math", kFloats},
    OperatorRule{"sub", kMicro},
    OperatorRule{"div", kFloats | kSigned},
    OperatorRule{"maximum", kMicro},
    OperatorRule{"minimum", kMicro},
    OperatorRule{"reduce", kMicro},
    OperatorRule{"arg_max", kTfliteAny},
    OperatorRule{"l2_normalize", kFloats | kSigned},
    OperatorRule{"resize_bilinear", kFloats | kSigned},
    OperatorRule{"resize_nearest", kMicro},
    OperatorRule{"transpose", kMicro},
    OperatorRule{"space_to_depth", kFloats | kSigned},
    OperatorRule{"depth_to_space", kFloats | kSigned},
    OperatorRule{"space_to_batch", kFloats | kSigned},
    OperatorRule{"batch_to_space", kFloats | kSigned},
    OperatorRule{"cast", kTfliteAny},
    OperatorRule{"fake_quant", 0},
    OperatorRule{"detection_post_process", kFloats},
    OperatorRule{"quantize", kBytes | kWide, 0, MicroQuantize},
    OperatorRule{"dequantize", kSigned | kWide},
    OperatorRule{"dropout", kTfliteAny},        // removed by convert
    OperatorRule{"training_only", kTfliteAny},  // the same
};

std::string MicroRemedy(Arithmetics arithmetic) {
  if (arithmetic == kHalves) return "goldcrest convert makes the weights float32";
  return "quantize the float model again: goldcrest quantize --to int8";
}

}  // namespace

constexpr EngineRules kTfliteRules = {
    .name = "TensorFlow Lite",
    .operators = kTfliteOperators,
    .operators_source = "https://ai.google.dev/edge/litert/models/ops_compatibility",
    .types_source = "https://ai.google.dev/edge/litert/models/quantization_spec",
    .fallback = "",
    .remedy = TfliteRemedy,
};

constexpr EngineRules kTfliteMicroRules = {
    .name = "TensorFlow Lite for Microcontrollers",
    .operators = kMicroOperators,
    .operators_source =
        "https://github.com/tensorflow/tflite-micro/blob/main/tensorflow/lite/micro/"
        "micro_mutable_op_resolver.h",
    .types_source =
        "https://github.com/tensorflow/tflite-micro/tree/main/tensorflow/lite/micro/kernels",
    .fallback = "",
    .remedy = MicroRemedy,
    .model = ExpectKnownSizes,
};

}  // namespace goldcrest::pipeline
