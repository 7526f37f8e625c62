#include "passes/linear_layer.h"

#include <algorithm>
#include <cmath>

#include "graph/padding.h"

namespace goldcrest::passes {
namespace {

std::span<const float> Elements(const graph::Graph& graph, graph::ValueId id) {
  return graph.value(id).constant->As<float>();
}

bool IsDepthwise(const graph::Node& layer) {
  return std::holds_alternative<graph::DepthwiseConv2D>(layer.op);
}

// Calls visit(i, output channel, input channel) for each element of a layer's weights: OHWI and OI,
// or 1HW(C·m), where output channel c·m + k reads input channel c.
template <class Visit>
void ForEachWeight(const graph::Graph& graph, const graph::Node& layer, const Visit& visit) {
  const size_t count = Elements(graph, layer.inputs[1]).size();
  const size_t outputs = OutputChannels(graph, layer);
  const auto inputs = static_cast<size_t>(graph.value(layer.inputs[0]).shape.back());
  size_t i = 0;
  if (IsDepthwise(layer)) {
    const size_t multiplier = outputs / inputs;
    for (size_t tap = 0; tap < count / outputs; ++tap) {
      for (size_t c = 0; c < inputs; ++c) {
        for (size_t k = 0; k < multiplier; ++k, ++i) visit(i, c * multiplier + k, c);
      }
    }
    return;
  }
  for (size_t o = 0; o < outputs; ++o) {
    for (size_t tap = 0; tap < count / outputs / inputs; ++tap) {
      for (size_t c = 0; c < inputs; ++c, ++i) visit(i, o, c);
    }
  }
}

std::vector<double> BiasOf(const graph::Graph& graph, const graph::Node& layer) {
  if (layer.inputs.size() < 3) return std::vector<double>(OutputChannels(graph, layer), 0);
  std::span<const float> bias = Elements(graph, layer.inputs[2]);
  return {bias.begin(), bias.end()};
}

// Replaces weights and bias; false where one is not finite.
bool Replace(graph::Graph& graph, graph::Node& layer, const std::vector<float>& weights,
             const std::vector<double>& bias, std::string name) {
  std::optional<std::vector<float>> new_bias = Rounded(bias);
  bool finite = std::ranges::all_of(weights, [](float w) { return std::isfinite(w); });
  if (!finite || !new_bias) return false;
  const graph::Value old = graph.value(layer.inputs[1]);
  layer.inputs[1] = graph.AddConstant(old.name, old.shape, weights);
  const bool had_bias = layer.inputs.size() == 3;
  if (!had_bias && std::ranges::all_of(*new_bias, [](float b) { return b == 0; })) return true;
  name = had_bias ? graph.value(layer.inputs[2]).name : std::move(name) + "/bias";
  layer.inputs.resize(2);
  layer.inputs.push_back(
      graph.AddConstant(std::move(name), {static_cast<int64_t>(new_bias->size())}, *new_bias));
  return true;
}

}  // namespace

bool IsLinearLayer(const graph::Graph& graph, const graph::Node& node) {
  bool linear = std::holds_alternative<graph::Conv2D>(node.op) || IsDepthwise(node) ||
                std::holds_alternative<graph::FullyConnected>(node.op);
  if (!linear || graph.value(node.output).dtype != tensor::DType::kFloat32) return false;
  return std::ranges::all_of(std::span(node.inputs).subspan(1), [&](graph::ValueId id) {
    return graph.value(id).constant && graph.value(id).dtype == tensor::DType::kFloat32;
  });
}

size_t OutputChannels(const graph::Graph& graph, const graph::Node& layer) {
  const tensor::Shape& weights = graph.value(layer.inputs[1]).shape;
  return static_cast<size_t>(IsDepthwise(layer) ? weights.back() : weights.front());
}

bool PadsWithZeros(const graph::Graph& graph, const graph::Node& layer) {
  if (std::holds_alternative<graph::FullyConnected>(layer.op)) return false;
  const graph::ConvolutionAttributes* op = std::get_if<graph::Conv2D>(&layer.op);
  if (op == nullptr) op = &std::get<graph::DepthwiseConv2D>(layer.op);
  const tensor::Shape& x = graph.value(layer.inputs[0]).shape;
  const tensor::Shape& filter = graph.value(layer.inputs[1]).shape;
  const bool size_known = x[1] >= 0 && x[2] >= 0;
  if (op->padding.kind == graph::PaddingKind::kSame && !size_known) {
    return filter[1] > 1 || filter[2] > 1;
  }
  return graph::ResolvePadding(*op, x[1], x[2], filter[1], filter[2]) != graph::PaddingCounts{};
}

bool AbsorbAfter(graph::Graph& graph, graph::Node& layer, const Affine& after, std::string name) {
  std::span<const float> elements = Elements(graph, layer.inputs[1]);
  std::vector<float> weights(elements.size());
  ForEachWeight(graph, layer, [&](size_t i, size_t output, size_t) {
    weights[i] = static_cast<float>(elements[i] * after.scale[output]);
  });
  std::vector<double> bias = BiasOf(graph, layer);
  for (size_t o = 0; o < bias.size(); ++o) bias[o] = bias[o] * after.scale[o] + after.offset[o];
  return Replace(graph, layer, weights, bias, std::move(name));
}

bool AbsorbBefore(graph::Graph& graph, graph::Node& layer, const Affine& before, std::string name) {
  std::span<const float> elements = Elements(graph, layer.inputs[1]);
  std::vector<float> weights(elements.size());
  std::vector<double> bias = BiasOf(graph, layer);
  ForEachWeight(graph, layer, [&](size_t i, size_t output, size_t input) {
    bias[output] += elements[i] * before.offset[input];
    weights[i] = static_cast<float>(elements[i] * before.scale[input]);
  });
  return Replace(graph, layer, weights, bias, std::move(name));
}

}  // namespace goldcrest::passes
