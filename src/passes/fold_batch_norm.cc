// y = gamma · (x − mean) / sqrt(variance + epsilon) + beta after a linear layer x = w · in + b is
// the linear layer with w' = w · s and b' = (b − mean) · s + beta, where s = gamma / sqrt(variance
// + epsilon). Worked out in double and rounded once.
#include <cmath>

#include "passes/edit.h"
#include "passes/passes.h"

namespace goldcrest::passes {
namespace {

// The dimension of a layer's weights that counts output channels, or -1 for an operator that is no
// linear layer or has an activation between.
int ChannelAxis(const graph::Op& op) {
  if (const auto* conv = std::get_if<graph::Conv2D>(&op)) {
    return conv->activation == graph::Activation::kNone ? 0 : -1;
  }
  if (const auto* depthwise = std::get_if<graph::DepthwiseConv2D>(&op)) {
    return depthwise->activation == graph::Activation::kNone ? 3 : -1;
  }
  if (const auto* dense = std::get_if<graph::FullyConnected>(&op)) {
    return dense->activation == graph::Activation::kNone ? 0 : -1;
  }
  return -1;
}

std::span<const float> Elements(const graph::Graph& graph, graph::ValueId id) {
  return graph.value(id).constant->As<float>();
}

bool AllFloatConstants(const graph::Graph& graph, std::span<const graph::ValueId> ids) {
  for (graph::ValueId id : ids) {
    const graph::Value& value = graph.value(id);
    if (!value.constant || value.dtype != tensor::DType::kFloat32) return false;
  }
  return true;
}

// Gives `layer` weights and a bias that do the normalization's work too.
void Fold(graph::Graph& graph, graph::Node& layer, const graph::Node& norm, int channel_axis) {
  const size_t channels = Elements(graph, norm.inputs[1]).size();
  std::vector<double> scale(channels);
  std::vector<float> bias(channels);
  const double epsilon = std::get<graph::BatchNorm>(norm.op).epsilon;
  for (size_t c = 0; c < channels; ++c) {
    scale[c] = Elements(graph, norm.inputs[1])[c] /
               std::sqrt(Elements(graph, norm.inputs[4])[c] + epsilon);
    double before = layer.inputs.size() == 3 ? Elements(graph, layer.inputs[2])[c] : 0;
    double shifted = (before - Elements(graph, norm.inputs[3])[c]) * scale[c];
    bias[c] = static_cast<float>(shifted + Elements(graph, norm.inputs[2])[c]);
  }
  const graph::Value weights = graph.value(layer.inputs[1]);
  std::span<const float> elements = Elements(graph, layer.inputs[1]);
  std::vector<float> folded(elements.size());
  // Output channels are either the slowest dimension or the fastest.
  const size_t per_channel = elements.size() / channels;
  for (size_t i = 0; i < folded.size(); ++i) {
    size_t c = channel_axis == 0 ? i / per_channel : i % channels;
    folded[i] = static_cast<float>(elements[i] * scale[c]);
  }
  layer.inputs[1] = graph.AddConstant(weights.name, weights.shape, folded);
  layer.inputs.resize(2);
  layer.inputs.push_back(graph.AddConstant(base::Cat(graph.value(norm.output).name, "/bias"),
                                           {static_cast<int64_t>(channels)}, bias));
}

}  // namespace

int FoldBatchNorm(graph::Graph& graph) {
  const Uses uses(graph);
  std::vector<bool> remove(graph.nodes.size(), false);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node norm = graph.nodes[i];
    if (!std::holds_alternative<graph::BatchNorm>(norm.op)) continue;
    int32_t at = uses.OnlyProducer(norm.inputs[0]);
    if (at < 0) continue;
    graph::Node& layer = graph.nodes[static_cast<size_t>(at)];
    int channel_axis = ChannelAxis(layer.op);
    bool constant = AllFloatConstants(graph, std::span(norm.inputs).subspan(1)) &&
                    AllFloatConstants(graph, std::span(layer.inputs).subspan(1));
    if (channel_axis < 0 || !constant) continue;
    Fold(graph, layer, norm, channel_axis);
    layer.output = norm.output;
    remove[i] = true;
  }
  return RemoveNodes(graph, remove);
}

}  // namespace goldcrest::passes
