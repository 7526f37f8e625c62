#include "pipeline/model_layers.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "graph/cost.h"

namespace goldcrest::pipeline {
namespace {

std::string DescribeWeights(const graph::Graph& graph, const graph::Node& node) {
  if (node.inputs.size() < 2) return "";
  const tensor::Shape& w = graph.value(node.inputs[1]).shape;
  const bool convolution = std::holds_alternative<graph::Conv2D>(node.op);
  if (std::holds_alternative<graph::FullyConnected>(node.op) && w.size() == 2) {
    return base::Cat(w[1], " → ", w[0]);
  }
  if (convolution && w.size() == 4) {
    return base::Cat(w[1], " x ", w[2], ", ", w[3], " → ", w[0]);
  }
  if (std::holds_alternative<graph::DepthwiseConv2D>(node.op) && w.size() == 4) {
    return base::Cat(w[1], " x ", w[2], ", ", w[3]);
  }
  return "";
}

size_t OperatorOf(const graph::Node& node) { return node.op.index(); }

// By node of the stored graph the layer that it has become a part of. Where nothing has been worked
// out in advance nodes have kept their places; else it is the layer of its name, or the one that
// reads it.
std::vector<std::optional<size_t>> Owners(const graph::Graph& stored, const graph::Graph& ran,
                                          const std::vector<size_t>& layer_of_node) {
  std::vector<std::optional<size_t>> owners(stored.nodes.size());
  if (std::ranges::equal(stored.nodes, ran.nodes, {}, OperatorOf, OperatorOf)) {
    std::ranges::copy(layer_of_node, owners.begin());
    return owners;
  }
  std::map<std::string_view, size_t> layer_of;
  for (size_t i = 0; i < ran.nodes.size(); ++i) {
    layer_of.emplace(ran.NameOf(ran.nodes[i]), layer_of_node[i]);
  }
  std::vector<std::optional<size_t>> owner_of_value(stored.values.size());
  for (size_t i = stored.nodes.size(); i-- > 0;) {
    const graph::Node& node = stored.nodes[i];
    const auto found = layer_of.find(stored.NameOf(node));
    owners[i] = found != layer_of.end() ? std::optional(found->second)
                                        : owner_of_value[static_cast<size_t>(node.output)];
    if (!owners[i]) continue;
    // Nodes come last first: the first reader has the last word.
    for (graph::ValueId id : node.inputs) owner_of_value[static_cast<size_t>(id)] = owners[i];
  }
  return owners;
}

void AddWeights(const graph::Graph& stored, const std::vector<std::optional<size_t>>& owners,
                ModelLayers& model) {
  std::vector<bool> counted(stored.values.size(), false);
  for (size_t i = 0; i < stored.nodes.size(); ++i) {
    for (graph::ValueId id : stored.nodes[i].inputs) {
      const graph::Value& value = stored.value(id);
      if (counted[static_cast<size_t>(id)] || !graph::IsWeight(value)) continue;
      counted[static_cast<size_t>(id)] = true;
      const int64_t parameters = tensor::ElementCount(value.shape).value_or(0);
      const uint64_t bytes = value.constant->bytes().size();
      model.parameters += parameters;
      model.weight_bytes += bytes;
      if (!owners[i]) continue;
      Layer& layer = model.layers[*owners[i]];
      if (parameters > layer.parameters) layer.weight_type = tensor::NameOf(value.dtype);
      layer.parameters += parameters;
      layer.weight_bytes += bytes;
    }
  }
}

}  // namespace

ModelLayers DescribeLayers(const graph::Graph& stored, const ModelBenchmark& benchmark) {
  ModelLayers model;
  const graph::Graph& graph = benchmark.graph;
  std::vector<size_t> layer_of_node(graph.nodes.size(), 0);
  for (const StepTime& step : benchmark.steps) {
    Layer layer{.name = step.name,
                .op = step.op,
                .kernel = step.kernel,
                .multiply_adds = step.work.multiply_adds,
                .median_ms = step.median_ms,
                .share = step.share,
                .round_medians_ms = step.round_medians_ms};
    for (int32_t index : step.nodes) {
      const graph::Node& node = graph.nodes[static_cast<size_t>(index)];
      layer_of_node[static_cast<size_t>(index)] = model.layers.size();
      layer.shape = graph.value(node.output).shape;
      layer.dtype = graph.value(node.output).dtype;
      const std::string weights = DescribeWeights(graph, node);
      if (!weights.empty()) layer.weights += (layer.weights.empty() ? "" : " + ") + weights;
    }
    model.layers.push_back(std::move(layer));
  }
  AddWeights(stored, Owners(stored, graph, layer_of_node), model);
  return model;
}

}  // namespace goldcrest::pipeline
