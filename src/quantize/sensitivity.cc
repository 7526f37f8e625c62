#include "quantize/sensitivity.h"

#include <algorithm>
#include <functional>

#include "passes/passes.h"
#include "quantize/calibrate.h"
#include "quantize/result_noise.h"

namespace goldcrest::quantize {
namespace {

using graph::ValueId;

// The plan of which only the layer `node` is left, its bias making up for no other.
Plan OnlyLayer(const graph::Graph& graph, const Plan& plan, size_t node) {
  Plan only = plan;
  only.layers.assign(plan.layers.size(), std::nullopt);
  only.layers[node] = plan.layers[node];
  only.layers[node]->bias = BiasOf(graph, graph.nodes[node]);
  for (IntegerPart& part : only.parts) {
    const bool integer = part.scheme.integer[node];
    part.scheme.integer.assign(part.scheme.integer.size(), false);
    part.scheme.integer[node] = integer;
  }
  return only;
}

// The model with the weights that the layer's integers stand for.
graph::Graph WithRoundedWeights(const graph::Graph& graph, size_t index,
                                const QuantizedLayer& layer) {
  graph::Graph out = graph;
  graph::Node& node = out.nodes[index];
  const graph::Value& weights = graph.value(node.inputs[1]);
  node.inputs[1] = out.AddConstant(base::Cat(weights.name, "_rounded"), weights.shape,
                                   Dequantized(layer, RowsOf(graph, graph.nodes[index])));
  return out;
}

// By node: a layer with no other before it, or after it.
std::vector<bool> LayersAtEdges(const graph::Graph& graph) {
  std::vector<bool> reaches(graph.values.size(), false);  // an edge, past no layer
  std::vector<bool> at_edge(graph.nodes.size(), false);
  auto reached = [&](ValueId id) { return reaches[static_cast<size_t>(id)]; };
  for (ValueId id : graph.inputs) reaches[static_cast<size_t>(id)] = true;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    if (std::ranges::none_of(node.inputs, reached)) continue;
    at_edge[i] = IsLayer(node.op);
    reaches[static_cast<size_t>(node.output)] = !at_edge[i];
  }
  reaches.assign(reaches.size(), false);
  for (ValueId id : graph.outputs) reaches[static_cast<size_t>(id)] = true;
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const graph::Node& node = graph.nodes[i];
    if (!reached(node.output)) continue;
    at_edge[i] = at_edge[i] || IsLayer(node.op);
    if (IsLayer(node.op)) continue;
    for (ValueId id : node.inputs) reaches[static_cast<size_t>(id)] = true;
  }
  return at_edge;
}

}  // namespace

Result<std::vector<Sensitivity>> MeasureSensitivities(const graph::Graph& graph, const Plan& plan,
                                                      int64_t most_samples,
                                                      const Environment& environment) {
  GOLDCREST_TRY(const ResultNoise noise, ResultNoise::Create(graph, most_samples, environment));
  const graph::Graph& real = noise.reference();
  std::vector<Sensitivity> sensitivities;
  if (plan.parts.empty()) return sensitivities;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!plan.layers[i] || plan.PartOf(i) != &plan.parts.front()) continue;
    environment.progress(static_cast<double>(i) / static_cast<double>(graph.nodes.size()),
                         base::Cat("measuring what ", graph.NameOf(graph.nodes[i]), " costs"));
    Sensitivity sensitivity{.node = i};
    GOLDCREST_TRY(const graph::Graph integers,
                  MakeIntegerGraph(real, OnlyLayer(real, plan, i), EndTypes{}));
    GOLDCREST_TRY(sensitivity.integers, noise.Of(integers));
    GOLDCREST_TRY(sensitivity.weights, noise.Of(WithRoundedWeights(real, i, *plan.layers[i])));
    sensitivities.push_back(sensitivity);
  }
  return sensitivities;
}

std::vector<Candidate> WorstLayers(const graph::Graph& graph,
                                   std::vector<Sensitivity> sensitivities, bool integer_edges) {
  const std::vector<bool> at_edge = LayersAtEdges(graph);
  std::ranges::stable_sort(sensitivities, std::greater(), &Sensitivity::integers);
  std::vector<Candidate> worst;
  worst.reserve(sensitivities.size());
  for (const Sensitivity& sensitivity : sensitivities) {
    const bool by_weights = sensitivity.weights > sensitivity.integers / 2;
    const graph::Node& node = graph.nodes[sensitivity.node];
    const bool can_be_wide = HasIntegerForm(graph, node, tensor::DType::kInt16);
    const bool can_be_float = !integer_edges || !at_edge[sensitivity.node];
    if (!can_be_wide && !can_be_float) continue;
    const bool real = !can_be_wide || (by_weights && can_be_float);
    worst.push_back({.node = sensitivity.node,
                     .dtype = real ? tensor::DType::kFloat32 : tensor::DType::kInt16,
                     .can_be_float = can_be_float});
  }
  return worst;
}

}  // namespace goldcrest::quantize
