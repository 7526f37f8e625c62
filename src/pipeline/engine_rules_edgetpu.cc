// Google's Edge TPU: what its compiler maps; all else stays on the processor.
#include <algorithm>

#include "base/strings.h"
#include "pipeline/engine_rules.h"

namespace goldcrest::pipeline {
namespace {

constexpr Arithmetics kProcessor = kFloats | kHybrid | kWide | kIndices | kHalves;

Finding FallsBack(std::string reason, std::string remedy) {
  return {Verdict::kFallsBack, std::move(reason), std::move(remedy)};
}

std::optional<Finding> EqualDilation(const graph::Graph&, const graph::Node& node) {
  const auto* conv = std::get_if<graph::Conv2D>(&node.op);
  const graph::ConvolutionAttributes& op =
      conv != nullptr ? static_cast<const graph::ConvolutionAttributes&>(*conv)
                      : std::get<graph::DepthwiseConv2D>(node.op);
  if (op.dilation_h == op.dilation_w) return std::nullopt;
  return FallsBack("dilation must be the same in both directions",
                   "train a model with equal dilations");
}

std::optional<Finding> NoFusedActivation(const graph::Graph&, const graph::Node& node) {
  const auto* average = std::get_if<graph::AveragePool2D>(&node.op);
  const graph::PoolAttributes& op = average != nullptr
                                        ? static_cast<const graph::PoolAttributes&>(*average)
                                        : std::get<graph::MaxPool2D>(node.op);
  if (op.activation == graph::Activation::kNone) return std::nullopt;
  return FallsBack("pools with an activation are not mapped",
                   "goldcrest convert --disable-pass fuse_activation");
}

// Of a fully connected layer's output: all but one dimension are 1.
std::optional<Finding> OneRow(const graph::Graph& graph, const graph::Node& node) {
  const tensor::Shape& shape = graph.value(node.output).shape;
  const bool one = std::ranges::count_if(shape, [](int64_t d) { return d != 1; }) <= 1;
  if (one) return std::nullopt;
  return FallsBack("the output must have one dimension, and is " + tensor::ToString(shape),
                   "a batch of 1");
}

std::optional<Finding> ConstantParts(const graph::Graph& graph, const graph::Node& node) {
  const bool constant = std::ranges::any_of(
      node.inputs, [&](graph::ValueId id) { return graph.value(id).constant.has_value(); });
  if (!constant) return std::nullopt;
  const bool zeros = std::ranges::all_of(node.inputs, [&](graph::ValueId id) {
    const graph::Value& value = graph.value(id);
    if (!value.constant) return true;
    const auto zero =
        static_cast<std::byte>(value.quantization.empty() ? 0 : value.quantization.zero_point[0]);
    return std::ranges::all_of(value.constant->bytes(),
                               [&](std::byte each) { return each == zero; });
  });
  if (zeros && node.inputs.size() == 2) return std::nullopt;
  return FallsBack("a constant part must be zeros, and the only other one", "");
}

std::optional<Finding> NotOverTheBatch(const graph::Graph& graph, const graph::Node& node) {
  const auto& op = std::get<graph::Mean>(node.op);
  const tensor::Shape& shape = graph.value(node.inputs[0]).shape;
  const auto last = static_cast<int64_t>(shape.size()) - 1;
  if (std::ranges::find(op.axes, 0) != op.axes.end()) {
    return FallsBack("means over the batch are not mapped", "");
  }
  if (std::ranges::find(op.axes, last) != op.axes.end() && shape.back() % 4 != 0) {
    return FallsBack("a mean over channels wants a multiple of 4 of them", "");
  }
  return std::nullopt;
}

std::optional<Finding> NotOfTheBatch(const graph::Graph&, const graph::Node& node) {
  const auto& op = std::get<graph::Pad>(node.op);
  if (op.before.empty() || (op.before[0] == 0 && op.after[0] == 0)) return std::nullopt;
  return FallsBack("the batch cannot be padded", "");
}

std::optional<Finding> ShortVector(const graph::Graph& graph, const graph::Node& node) {
  constexpr int64_t kMost = 16000;
  const tensor::Shape& shape = graph.value(node.inputs[0]).shape;
  const int64_t elements = tensor::ElementCount(shape).value_or(0);
  if (elements == shape.back() && elements <= kMost) return std::nullopt;
  return FallsBack(base::Cat("a softmax is mapped over one vector of at most ", kMost,
                             " elements, and this is ", tensor::ToString(shape)),
                   "");
}

constexpr std::array kEdgeTpuOperators = {
    OperatorRule{"conv2d", kBytes, kProcessor, EqualDilation},
    OperatorRule{"depthwise_conv2d", kBytes, kProcessor, EqualDilation},
    OperatorRule{"fully_connected", kBytes, kProcessor, OneRow},
    OperatorRule{"average_pool2d", kBytes, kProcessor, NoFusedActivation},
    OperatorRule{"max_pool2d", kBytes, kProcessor, NoFusedActivation},
    OperatorRule{"batch_norm", 0, kProcessor},
    OperatorRule{"activate", kBytes, kProcessor},
    OperatorRule{"hard_swish", 0, kProcessor | kBytes},
    OperatorRule{"logistic", kBytes, kProcessor},
    OperatorRule{"tanh", kBytes, kProcessor},
    OperatorRule{"leaky_relu", 0, kProcessor | kBytes},
    OperatorRule{"add", kBytes, kProcessor},
    OperatorRule{"mul", kBytes, kProcessor},
    OperatorRule{"pad", kBytes, kProcessor, NotOfTheBatch},
    OperatorRule{"mean", kBytes, kProcessor, NotOverTheBatch},
    OperatorRule{"softmax", kBytes, kProcessor, ShortVector},
    OperatorRule{"reshape", kBytes, kProcessor},
    OperatorRule{"concatenation", kBytes, kProcessor, ConstantParts},
    OperatorRule{"shape", 0, kProcessor},
    OperatorRule{"strided_slice", kBytes, kProcessor},
    OperatorRule{"pack", kBytes, kProcessor},
    OperatorRule{"conv_transpose2d", kBytes, kProcessor},
    OperatorRule{"prelu", kBytes, kProcessor},
    OperatorRule{"math", 0, kProcessor | kBytes},
    OperatorRule{"sub", kBytes, kProcessor},
    OperatorRule{"div", 0, kProcessor | kBytes},
    OperatorRule{"maximum", kBytes, kProcessor},
    OperatorRule{"minimum", kBytes, kProcessor},
    OperatorRule{"reduce", kBytes, kProcessor},
    OperatorRule{"arg_max", 0, kProcessor | kBytes},
    OperatorRule{"l2_normalize", kBytes, kProcessor},
    OperatorRule{"resize_bilinear", kBytes, kProcessor},
    OperatorRule{"resize_nearest", kBytes, kProcessor},
    OperatorRule{"transpose", kBytes, kProcessor},
    OperatorRule{"space_to_depth", kBytes, kProcessor},
    OperatorRule{"depth_to_space", 0, kProcessor | kBytes},
    OperatorRule{"space_to_batch", 0, kProcessor | kBytes},
    OperatorRule{"batch_to_space", 0, kProcessor | kBytes},
    OperatorRule{"cast", 0, kProcessor | kBytes},
    OperatorRule{"fake_quant", 0, kProcessor | kBytes},
    OperatorRule{"detection_post_process", 0, kProcessor | kBytes},
    OperatorRule{"quantize", kBytes, kProcessor},
    OperatorRule{"dequantize", 0, kProcessor | kBytes},
    OperatorRule{"dropout", kBytes, kProcessor},        // removed by convert
    OperatorRule{"training_only", kBytes, kProcessor},  // the same
};

std::string EdgeTpuRemedy(Arithmetics arithmetic) {
  if (arithmetic & (kBytes | kIndices)) return "";
  return "goldcrest quantize --to int8 --io uint8";
}

std::optional<Finding> ExpectSmallQuantizedModel(const graph::Graph& graph) {
  if (auto finding = ExpectKnownSizes(graph)) return finding;
  const bool quantized = std::ranges::any_of(graph.nodes, [&](const graph::Node& node) {
    return (ArithmeticOf(graph, node) & kBytes) != 0;
  });
  if (!quantized) {
    return Finding{Verdict::kRefused, "the compiler refuses models that are not quantized",
                   "goldcrest quantize --to int8 --io uint8"};
  }
  for (const graph::Node& node : graph.nodes) {
    const tensor::Shape& shape = graph.value(node.output).shape;
    for (size_t i = 0; i + 3 < shape.size(); ++i) {
      if (shape[i] == 1) continue;
      return Finding{Verdict::kRefused,
                     base::Cat("tensors have three dimensions, and '", graph.NameOf(node), "' is ",
                               tensor::ToString(shape)),
                     "a batch of 1"};
    }
  }
  return std::nullopt;
}

}  // namespace

constexpr EngineRules kEdgeTpuRules = {
    .name = "the Edge TPU",
    .operators = kEdgeTpuOperators,
    .operators_source = "https://coral.ai/docs/edgetpu/models-intro/#supported-operations",
    .types_source = "https://coral.ai/docs/edgetpu/models-intro/#model-requirements",
    .fallback = "computed by the processor",
    .remedy = EdgeTpuRemedy,
    .model = ExpectSmallQuantizedModel,
    .one_part = true,
};

}  // namespace goldcrest::pipeline
