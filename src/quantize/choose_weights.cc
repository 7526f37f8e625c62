#include "quantize/choose_weights.h"

#include <cmath>
#include <limits>

#include "graph/infer.h"
#include "passes/linear_layer.h"
#include "quantize/adaptive_rounding.h"
#include "quantize/correct_bias.h"

namespace goldcrest::quantize {
namespace {

// Activations of samples in flight, in both models.
constexpr size_t kMostBytes = size_t{320} << 20;
// Samples that tell the means of channels well enough; roundings are chosen on all.
constexpr int64_t kMeanSamples = 32;
// Positions of its output that a layer's weights are fitted to.
constexpr size_t kFewestPositions = 2048;
constexpr size_t kPositionsForEachInput = 6;

class Chooser {
 public:
  Chooser(const graph::Graph& graph, const LayerOptions& options, const Environment& environment,
          Plan& plan, TwinRun& run)
      : graph_(graph), options_(options), environment_(environment), plan_(plan), run_(run) {}

  // Of a layer that the run has arrived at, and leaves in steps.
  Status Choose(size_t index) {
    const graph::Node& node = graph_.nodes[index];
    const WeightRows rows = RowsOf(graph_, node);
    const IntegerPart& part = *plan_.PartOf(index);
    const float input_scale = part.ParametersOf(node.inputs[0]).scale[0];
    WeightOptions weights{.dtype = options_.weights,
                          .per_channel = !options_.one_scale,
                          .search = Has(Step::kWeightRanges)};
    if (part.dtype() != tensor::DType::kInt16) weights.input_scale = input_scale;
    plan_.layers[index] =
        QuantizeLayer(WeightsOf(graph_, node), rows, BiasOf(graph_, node), weights);
    QuantizedLayer& layer = *plan_.layers[index];
    run_.RunReal(index);
    if (Has(Step::kAdaptiveRounding)) GOLDCREST_RETURN_IF_ERROR(Round(index, rows, layer));
    const std::vector<float> bias = InSteps(layer, input_scale);
    GOLDCREST_RETURN_IF_ERROR(run_.RunTwin(index, Dequantized(layer, rows), bias));
    if (!Has(Step::kBiasCorrection)) return {};
    std::vector<float> shift = BiasCorrection(graph_, index, run_, *environment_.pool);
    for (size_t c = 0; c < shift.size(); ++c) layer.bias[c] += shift[c];
    const std::vector<float> corrected = InSteps(layer, input_scale);
    for (size_t c = 0; c < shift.size(); ++c) shift[c] = corrected[c] - bias[c];
    run_.ShiftTwin(index, std::move(shift));
    return {};
  }

 private:
  bool Has(Step step) const { return options_.recipe.Has(step, options_.one_scale); }

  Status Round(size_t index, const WeightRows& rows, QuantizedLayer& layer) {
    const size_t positions = std::max(kFewestPositions, kPositionsForEachInput * rows.columns);
    const LayerSamples fit = GatherSamples(graph_, index, run_, Part::kFit, positions);
    const LayerSamples held_back = GatherSamples(graph_, index, run_, Part::kHeldBack, positions);
    if (held_back.inputs.columns == 0) return {};
    GOLDCREST_TRY(int anew, RoundAdaptively(graph_, graph_.nodes[index], fit, held_back,
                                            environment_, layer));
    static_cast<void>(anew);
    return {};
  }

  // A bias as its integers will have it.
  static std::vector<float> InSteps(const QuantizedLayer& layer, float input_scale) {
    std::vector<float> bias = layer.bias;
    for (size_t c = 0; c < bias.size(); ++c) {
      const float step = input_scale * layer.ScaleOf(c);
      bias[c] = std::nearbyint(bias[c] / step) * step;
    }
    return bias;
  }

  const graph::Graph& graph_;
  const LayerOptions& options_;
  const Environment& environment_;
  Plan& plan_;
  TwinRun& run_;
};

}  // namespace

Status ChooseWeights(const graph::Graph& graph, const LayerOptions& options,
                     const Environment& environment, Plan& plan) {
  graph::Graph bound = graph;
  GOLDCREST_RETURN_IF_ERROR(graph::BindDefaultShapes(bound));
  const bool all = options.recipe.high_effort || options.one_scale;
  const TwinRun::Limits limits{.samples = all ? std::numeric_limits<int64_t>::max() : kMeanSamples,
                               .bytes = kMostBytes};
  GOLDCREST_TRY(TwinRun run, TwinRun::Create(bound, plan, environment, limits));
  Chooser chooser(bound, options, environment, plan, run);
  plan.layers.assign(bound.nodes.size(), std::nullopt);
  for (size_t i = 0; i < bound.nodes.size(); ++i) {
    environment.progress(static_cast<double>(i) / static_cast<double>(bound.nodes.size()),
                         base::Cat("quantizing ", bound.NameOf(bound.nodes[i])));
    GOLDCREST_RETURN_IF_ERROR(run.Arrive(i));
    if (plan.PartOf(i) != nullptr && passes::IsLinearLayer(bound, bound.nodes[i])) {
      GOLDCREST_RETURN_IF_ERROR(Within(graph::Describe(bound, i), chooser.Choose(i)));
    }
    run.Pass(i);
  }
  return {};
}

}  // namespace goldcrest::quantize
