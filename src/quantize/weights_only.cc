#include "quantize/weights_only.h"

#include <cmath>
#include <map>

#include "passes/linear_layer.h"
#include "quantize/layer_weights.h"
#include "tensor/half.h"

namespace goldcrest::quantize {
namespace {

using graph::ValueId;

constexpr size_t kFewestWeights = 1024;

// The constant as halves; nothing where one would become infinite.
std::optional<tensor::SharedBytes> Halves(const graph::Value& value) {
  std::span<const float> elements = value.constant->As<float>();
  std::vector<uint16_t> halves(elements.size());
  for (size_t i = 0; i < elements.size(); ++i) {
    halves[i] = tensor::FloatToHalf(elements[i]);
    if (!std::isfinite(tensor::HalfToFloat(halves[i]))) return std::nullopt;
  }
  return tensor::SharedBytes::Copy<uint16_t>(halves);
}

}  // namespace

graph::Graph MakeFloat16Graph(const graph::Graph& graph) {
  graph::Graph out = graph;
  std::vector<graph::Node> dequantized;
  std::map<ValueId, ValueId> as_float;  // what is read instead of a constant
  for (graph::Node& node : out.nodes) {
    if (!passes::IsLinearLayer(out, node)) continue;
    for (size_t i = 1; i < node.inputs.size(); ++i) {
      const ValueId id = node.inputs[i];
      auto [found, is_new] = as_float.emplace(id, id);
      if (is_new) {
        const graph::Value value = out.value(id);
        std::optional<tensor::SharedBytes> halves = Halves(value);
        if (!halves) {
          out.metadata.notes.push_back(
              base::Cat("'", value.name, "' holds numbers that float16 cannot; it stays float32"));
          continue;
        }
        out.value(id).dtype = tensor::DType::kFloat16;
        out.value(id).constant = std::move(*halves);
        found->second =
            out.AddValue({.name = base::Cat(value.name, "_dequantize"), .shape = value.shape});
        dequantized.push_back({graph::Dequantize{}, {id}, found->second});
      }
      node.inputs[i] = found->second;
    }
  }
  out.nodes.insert(out.nodes.begin(), dequantized.begin(), dequantized.end());
  return out;
}

graph::Graph MakeDynamicGraph(const graph::Graph& graph, bool per_channel) {
  graph::Graph out = graph;
  for (graph::Node& node : out.nodes) {
    const bool depthwise = std::holds_alternative<graph::DepthwiseConv2D>(node.op);
    if (depthwise || !passes::IsLinearLayer(graph, node)) continue;
    std::span<const float> weights = WeightsOf(graph, node);
    if (weights.size() < kFewestWeights) continue;
    const QuantizedLayer layer = QuantizeLayer(weights, RowsOf(graph, node), BiasOf(graph, node),
                                               {.per_channel = per_channel});
    const std::vector<int8_t> bytes(layer.integers.begin(), layer.integers.end());
    graph::Value integers = graph.value(node.inputs[1]);
    integers.dtype = layer.dtype;
    integers.quantization = layer.quantization;
    integers.constant = tensor::SharedBytes::Copy<int8_t>(bytes);
    node.inputs[1] = out.AddValue(std::move(integers));
    if (auto* op = std::get_if<graph::FullyConnected>(&node.op)) op->asymmetric_inputs = true;
  }
  return out;
}

}  // namespace goldcrest::quantize
