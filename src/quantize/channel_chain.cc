#include "quantize/channel_chain.h"

#include <algorithm>
#include <cmath>

#include "passes/edit.h"
#include "passes/linear_layer.h"
#include "quantize/layer_weights.h"

namespace goldcrest::quantize {
namespace {

using graph::ValueId;

// Whether the operator makes of every channel a channel, and of its multiple the multiple.
bool KeepsChannels(const graph::Graph& graph, const graph::Node& node) {
  const tensor::Shape& x = graph.value(node.inputs[0]).shape;
  const tensor::Shape& y = graph.value(node.output).shape;
  if (x.empty() || y.empty() || x.back() != y.back()) return false;
  if (const auto* op = std::get_if<graph::AveragePool2D>(&node.op)) {
    return op->activation == graph::Activation::kNone;
  }
  if (const auto* op = std::get_if<graph::MaxPool2D>(&node.op)) {
    return op->activation == graph::Activation::kNone;
  }
  if (const auto* op = std::get_if<graph::Mean>(&node.op)) {
    return std::ranges::find(op->axes, std::ssize(x) - 1) == op->axes.end();
  }
  if (const auto* op = std::get_if<graph::Pad>(&node.op)) {
    return op->before.back() == 0 && op->after.back() == 0;
  }
  return std::holds_alternative<graph::Reshape>(node.op);
}

// Adds the layers that read `id` to the chain; false where something else does.
bool AddReaders(const graph::Graph& graph, ValueId id, ChannelChain& chain) {
  if (std::ranges::find(graph.outputs, id) != graph.outputs.end()) return false;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    const auto uses = std::ranges::count(node.inputs, id);
    if (uses == 0) continue;
    if (uses > 1 || node.inputs[0] != id) return false;
    if (passes::IsLinearLayer(graph, node)) {
      chain.readers.push_back(i);
      chain.padded |= passes::PadsWithZeros(graph, node);
      continue;
    }
    chain.padded |= std::holds_alternative<graph::Pad>(node.op);
    if (!KeepsChannels(graph, node) || !AddReaders(graph, node.output, chain)) return false;
  }
  return true;
}

}  // namespace

std::vector<ChannelChain> FindChains(const graph::Graph& graph) {
  std::vector<ChannelChain> chains;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    if (!passes::IsLinearLayer(graph, node)) continue;
    graph::Op op = node.op;
    ChannelChain chain{
        .producer = i, .value = node.output, .activation = *passes::FusedActivation(op)};
    if (!AddReaders(graph, node.output, chain) || chain.readers.empty()) continue;
    chains.push_back(std::move(chain));
  }
  return chains;
}

std::vector<float> LargestByOutput(const graph::Graph& graph, const graph::Node& layer) {
  const WeightRows rows = RowsOf(graph, layer);
  std::span<const float> weights = WeightsOf(graph, layer);
  std::vector<float> largest(rows.channels, 0);
  for (size_t c = 0; c < rows.channels; ++c) {
    for (size_t i = 0; i < rows.columns; ++i) {
      largest[c] = std::max(largest[c], std::fabs(weights[rows.At(c, i)]));
    }
  }
  return largest;
}

std::vector<float> LargestByInput(const graph::Graph& graph, const graph::Node& layer) {
  const auto channels = static_cast<size_t>(graph.value(layer.inputs[0]).shape.back());
  std::vector<float> largest(channels, 0);
  if (std::holds_alternative<graph::DepthwiseConv2D>(layer.op)) {
    const std::vector<float> by_output = LargestByOutput(graph, layer);
    const size_t multiplier = by_output.size() / channels;
    for (size_t o = 0; o < by_output.size(); ++o) {
      largest[o / multiplier] = std::max(largest[o / multiplier], by_output[o]);
    }
    return largest;
  }
  std::span<const float> weights = WeightsOf(graph, layer);
  for (size_t i = 0; i < weights.size(); ++i) {
    largest[i % channels] = std::max(largest[i % channels], std::fabs(weights[i]));
  }
  return largest;
}

}  // namespace goldcrest::quantize
