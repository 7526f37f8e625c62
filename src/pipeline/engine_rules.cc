#include "pipeline/engine_rules.h"

#include <algorithm>
#include <vector>

#include "base/strings.h"

namespace goldcrest::pipeline {

using tensor::DType;

Result<Engine> ParseEngine(std::string_view name) {
  const auto found = std::ranges::find(kEngineNames, name);
  if (found != kEngineNames.end()) {
    return static_cast<Engine>(found - kEngineNames.begin());
  }
  const std::vector<std::string> names(kEngineNames.begin(), kEngineNames.end());
  return Fail(ErrorCode::kUsage, "--target is '", name, "'; it can be ", base::Join(names, ", "));
}

Arithmetics ArithmeticOf(const graph::Graph& graph, const graph::Node& node) {
  const bool dequantizes = std::holds_alternative<graph::Dequantize>(node.op);
  const graph::Value& value = graph.value(dequantizes ? node.inputs[0] : node.output);
  switch (value.dtype) {
    case DType::kFloat32: {
      const bool layer = std::holds_alternative<graph::Conv2D>(node.op) ||
                         std::holds_alternative<graph::DepthwiseConv2D>(node.op) ||
                         std::holds_alternative<graph::ConvTranspose2D>(node.op) ||
                         std::holds_alternative<graph::FullyConnected>(node.op);
      return layer && graph.value(node.inputs[1]).dtype != DType::kFloat32 ? kHybrid : kFloats;
    }
    case DType::kFloat16:
      return kHalves;
    case DType::kInt8:
      return kSigned;
    case DType::kUInt8:
      return kUnsigned;
    case DType::kInt16:
      return kWide;
    case DType::kInt32:
    case DType::kInt64:
    case DType::kBool:
      return kIndices;
  }
  return kIndices;
}

std::string Describe(Arithmetics arithmetics) {
  constexpr std::array<std::string_view, 7> kNames = {
      "float32", "integer weights", "uint8", "int8", "int16", "indices", "float16"};
  std::vector<std::string> names;
  for (size_t bit = 0; bit < kNames.size(); ++bit) {
    if ((arithmetics >> bit) & 1) names.emplace_back(kNames[bit]);
  }
  return base::Join(names, ", ");
}

const EngineRules& RulesOf(Engine engine) {
  switch (engine) {
    case Engine::kTflite:
      return kTfliteRules;
    case Engine::kTfliteMicro:
      return kTfliteMicroRules;
    case Engine::kEdgeTpu:
      return kEdgeTpuRules;
    case Engine::kTensorRt:
      return kTensorRtRules;
    case Engine::kOpenVino:
      return kOpenVinoRules;
    case Engine::kOnnxRuntime:
      break;
  }
  return kOnnxRuntimeRules;
}

std::optional<Finding> ExpectKnownSizes(const graph::Graph& graph) {
  for (graph::ValueId id : graph.inputs) {
    const graph::Value& input = graph.value(id);
    if (tensor::IsKnown(input.shape)) continue;
    tensor::Shape one = input.shape;
    std::ranges::replace(one, -1, 1);
    std::string shape;
    for (int64_t dimension : one) shape += base::Cat(shape.empty() ? "" : ",", dimension);
    return Finding{Verdict::kRefused,
                   base::Cat("sizes must be known, and the input '", input.name, "' is ",
                             tensor::ToString(input.shape)),
                   base::Cat("goldcrest convert --input-shapes ", shape)};
  }
  return std::nullopt;
}

}  // namespace goldcrest::pipeline
