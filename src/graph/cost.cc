#include "graph/cost.h"

namespace goldcrest::graph {

int64_t MultiplyAdds(const Graph& graph, const Node& node) {
  bool depthwise = std::holds_alternative<DepthwiseConv2D>(node.op);
  bool dense =
      std::holds_alternative<Conv2D>(node.op) || std::holds_alternative<FullyConnected>(node.op);
  const bool transposed = std::holds_alternative<ConvTranspose2D>(node.op);
  if (!depthwise && !dense && !transposed) return 0;
  // Each output element takes one multiply-add for each weight of its channel; of a transposed
  // convolution, each pixel of the input one for each weight of all channels.
  const Value& counted = transposed ? graph.value(node.inputs[0]) : graph.value(node.output);
  int64_t outputs = tensor::ElementCount(counted.shape).value_or(0);
  const tensor::Shape& weights = graph.value(node.inputs[1]).shape;
  int64_t count = tensor::ElementCount(weights).value_or(0);
  int64_t channels = depthwise || transposed ? weights.back() : weights.front();
  int64_t products = 0;
  if (channels == 0 || __builtin_mul_overflow(outputs, count / channels, &products)) return 0;
  return products;
}

bool IsWeight(const Value& value) {
  // Wide integers without a scale are shapes and axes.
  bool wide = value.dtype == tensor::DType::kInt32 || value.dtype == tensor::DType::kInt64;
  return value.constant && (!wide || !value.quantization.empty());
}

int64_t ParameterCount(const Graph& graph) {
  int64_t count = 0;
  for (const Value& value : graph.values) {
    if (IsWeight(value)) count += tensor::ElementCount(value.shape).value_or(0);
  }
  return count;
}

}  // namespace goldcrest::graph
