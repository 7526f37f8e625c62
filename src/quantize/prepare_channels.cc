#include "quantize/prepare_channels.h"

#include "passes/linear_layer.h"
#include "quantize/equalize.h"
#include "quantize/layer_weights.h"
#include "quantize/result_noise.h"

namespace goldcrest::quantize {
namespace {

// The model with the weights that integers would stand for.
graph::Graph WithWeightsRounded(const graph::Graph& graph, graph::ValueId result,
                                const LayerOptions& options) {
  graph::Graph out = graph;
  out.outputs = {result};
  out.output_names.clear();
  for (graph::Node& node : out.nodes) {
    if (!passes::IsLinearLayer(graph, node)) continue;
    const WeightRows rows = RowsOf(graph, node);
    const QuantizedLayer layer =
        QuantizeLayer(WeightsOf(graph, node), rows, BiasOf(graph, node),
                      {.dtype = options.weights, .per_channel = !options.one_scale});
    const graph::Value& weights = graph.value(node.inputs[1]);
    node.inputs[1] = out.AddConstant(base::Cat(weights.name, "_rounded"), weights.shape,
                                     Dequantized(layer, rows));
  }
  return out;
}

}  // namespace

Result<PreparedChannels> PrepareChannels(graph::Graph& graph, const LayerOptions& options,
                                         const Environment& environment) {
  constexpr int64_t kSamples = 16;
  PreparedChannels done;
  graph::Graph prepared = graph;
  if (options.recipe.Has(Step::kEqualization, options.one_scale)) {
    GOLDCREST_TRY(const Observers observers,
                  Observe(prepared, ScalableValues(prepared), environment));
    done.equalized = Equalize(prepared, observers);
  }
  if (options.recipe.Has(Step::kAbsorption, options.one_scale)) {
    GOLDCREST_TRY(const Observers observers,
                  Observe(prepared, ScalableValues(prepared), environment));
    done.absorbed = AbsorbHighBiases(prepared, observers);
  }
  if (done.equalized + done.absorbed == 0) return done;
  GOLDCREST_TRY(const ResultNoise noise, ResultNoise::Create(graph, kSamples, environment));
  const graph::ValueId result = ResultOf(graph);
  GOLDCREST_TRY(const double before, noise.Of(WithWeightsRounded(graph, result, options)));
  GOLDCREST_TRY(const double after, noise.Of(WithWeightsRounded(prepared, result, options)));
  if (before <= after) return PreparedChannels{.left_alone = true};
  graph = std::move(prepared);
  return done;
}

}  // namespace goldcrest::quantize
