#include "quantize/quantize.h"

#include <cmath>

#include "graph/infer.h"
#include "passes/linear_layer.h"
#include "passes/passes.h"
#include "quantize/integer_graph.h"
#include "quantize/weights_only.h"

namespace goldcrest::quantize {
namespace {

using tensor::DType;

Status ExpectFloat(const graph::Graph& graph) {
  for (const graph::Value& value : graph.values) {
    const bool integers =
        value.dtype == DType::kInt8 || value.dtype == DType::kUInt8 || value.dtype == DType::kInt16;
    if (!integers && value.quantization.empty()) continue;
    return Fail(ErrorCode::kUnsupported, "the model is quantized already ('", value.name, "' is ",
                tensor::NameOf(value.dtype), "); quantize the float model that it was made of");
  }
  return {};
}

Status ExpectFiniteConstants(const graph::Graph& graph) {
  for (const graph::Value& value : graph.values) {
    if (!value.constant || value.dtype != DType::kFloat32) continue;
    std::span<const float> elements = value.constant->As<float>();
    const auto bad = std::ranges::find_if(elements, [](float x) { return !std::isfinite(x); });
    if (bad == elements.end()) continue;
    return Fail(ErrorCode::kInvalid, "the weights '", value.name, "' hold ", *bad, " at element ",
                bad - elements.begin(), " of ", elements.size(),
                "; such a model computes nothing: look for a training that diverged");
  }
  return {};
}

Status ExpectSamples(const graph::Graph& graph, Kind kind, const Environment& environment) {
  if (environment.samples == nullptr || environment.samples->count() == 0) {
    return Fail(ErrorCode::kUsage, "--to ", NameOf(kind),
                " needs pictures to measure activations on; name a folder or a list of about 100 "
                "with --calibration");
  }
  if (graph.inputs.size() == 1) return {};
  return Fail(ErrorCode::kUnsupported, "the model has ", graph.inputs.size(),
              " inputs; models with one can be calibrated");
}

// The parameters of every group, from what was seen of its values.
std::vector<tensor::Quantization> ChooseActivations(
    const graph::Graph& graph, const Scheme& scheme, const Options& options,
    const std::vector<std::optional<Observer>>& observers) {
  const bool wide = scheme.dtype == DType::kInt16;
  const RangeMethod method =
      options.ranges.value_or(wide ? RangeMethod::kMinMax : RangeMethod::kMse);
  std::vector<Range> ranges(scheme.group_count());
  for (size_t i = 0; i < graph.values.size(); ++i) {
    if (scheme.group_of[i] < 0) continue;
    Range& range = ranges[static_cast<size_t>(scheme.group_of[i])];
    const graph::Value& value = graph.values[i];
    if (value.constant) {
      range = range.Union(RangeOf(value.constant->As<float>()));
    } else if (observers[i]) {
      range = range.Union(ChooseRange(*observers[i], method, scheme.dtype));
    }
  }
  std::vector<tensor::Quantization> parameters;
  for (size_t group = 0; group < ranges.size(); ++group) {
    parameters.push_back(scheme.fixed[group] ? *scheme.fixed[group]
                                             : ParametersOf(ranges[group], scheme.dtype));
  }
  return parameters;
}

Result<graph::Graph> QuantizeToIntegers(const graph::Graph& graph, const Options& options,
                                        const Environment& environment, Report& report) {
  GOLDCREST_RETURN_IF_ERROR(ExpectSamples(graph, options.kind, environment));
  const DType dtype = ActivationType(options.kind);
  Plan plan{.scheme = MakeScheme(graph, dtype, report.notes)};
  plan.layers.resize(graph.nodes.size());
  std::vector<bool> wanted(graph.values.size(), false);
  for (size_t i = 0; i < wanted.size(); ++i) {
    const int32_t group = plan.scheme.group_of[i];
    wanted[i] =
        group >= 0 && !plan.scheme.fixed[static_cast<size_t>(group)] && !graph.values[i].constant;
  }
  GOLDCREST_TRY(auto observers, Observe(graph, wanted, environment));
  plan.activations = ChooseActivations(graph, plan.scheme, options, observers);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    if (!plan.scheme.integer[i] || !passes::IsLinearLayer(graph, node)) continue;
    WeightOptions weights{.dtype = options.kind == Kind::kUInt8 ? DType::kUInt8 : DType::kInt8,
                          .per_channel = !options.per_tensor && options.kind != Kind::kUInt8};
    if (dtype != DType::kInt16) weights.input_scale = plan.ParametersOf(node.inputs[0]).scale[0];
    plan.layers[i] =
        QuantizeLayer(WeightsOf(graph, node), RowsOf(graph, node), BiasOf(graph, node), weights);
  }
  return MakeIntegerGraph(graph, plan, options.io.value_or(dtype));
}

}  // namespace

Result<graph::Graph> Quantize(const graph::Graph& graph, const Options& options,
                              const Environment& environment, Report& report) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(graph));
  GOLDCREST_RETURN_IF_ERROR(ExpectFiniteConstants(graph));
  if (NeedsCalibration(options.kind)) {
    return QuantizeToIntegers(graph, options, environment, report);
  }
  if (options.io && *options.io != DType::kFloat32) {
    return Fail(ErrorCode::kUsage, "--to ", NameOf(options.kind),
                " computes in float32, and so are its inputs and outputs; leave --io away");
  }
  graph::Graph out = options.kind == Kind::kFloat16 ? MakeFloat16Graph(graph)
                                                    : MakeDynamicGraph(graph, !options.per_tensor);
  GOLDCREST_RETURN_IF_ERROR(graph::InferShapes(out));
  passes::RemoveDeadCode(out);
  return out;
}

}  // namespace goldcrest::quantize
