#include "quantize/quantize.h"

#include <algorithm>
#include <cmath>

#include "graph/infer.h"
#include "passes/passes.h"
#include "quantize/activation_ranges.h"
#include "quantize/choose_weights.h"
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

// What a model was trained for decides, not samples.
Status ExpectNoRanges(const graph::Graph& graph) {
  for (const graph::Node& node : graph.nodes) {
    if (!std::holds_alternative<graph::FakeQuant>(node.op)) continue;
    return Fail(ErrorCode::kUnsupported, "the model has the ranges that it was trained with (",
                graph::NameOf(node.op), " '", graph.NameOf(node),
                "'); goldcrest convert --inference_type INT8 makes integers of them");
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

// A part of the whole work, from share `first` to `last`.
Environment Part(const Environment& environment, double first, double last) {
  Environment part = environment;
  part.progress = [&environment, first, last](double share, const std::string& doing) {
    environment.progress(first + share * (last - first), doing);
  };
  return part;
}

// The parts of a plan, one for each type of integers, their activations still to be chosen.
Plan MakePlan(const graph::Graph& graph, DType dtype, const Options& options,
              std::vector<std::string>& notes) {
  const std::vector<DType> types = NodeTypes(graph, dtype, options.kept);
  Plan plan;
  for (DType type :
       dtype == DType::kInt16 ? std::vector{dtype} : std::vector{dtype, DType::kInt16}) {
    std::vector<bool> wanted(types.size());
    for (size_t i = 0; i < types.size(); ++i) wanted[i] = types[i] == type;
    Scheme scheme = MakeScheme(graph, type, wanted, notes);
    scheme.symmetric = options.symmetric;
    const bool used = std::ranges::find(scheme.integer, true) != scheme.integer.end();
    if (used) plan.parts.push_back({.scheme = std::move(scheme), .activations = {}});
  }
  return plan;
}

// Values that some part has to know the range of.
std::vector<bool> RangedValues(const graph::Graph& graph, const Plan& plan) {
  std::vector<bool> ranged(graph.values.size(), false);
  for (const IntegerPart& part : plan.parts) {
    const std::vector<bool> of_part = RangedValues(graph, part.scheme);
    for (size_t i = 0; i < ranged.size(); ++i) ranged[i] = ranged[i] || of_part[i];
  }
  return ranged;
}

// Whether the one, a copy of the other, has its constants still.
bool SameConstants(const graph::Graph& one, const graph::Graph& other) {
  auto bytes = [](const graph::Value& value) {
    return value.constant ? value.constant->bytes().data() : nullptr;
  };
  return std::ranges::equal(one.values, other.values, {}, bytes, bytes);
}

// Samples are followed through the model as reals; what is computed from places or counts is not.
Status ExpectRealsOnly(const graph::Graph& graph) {
  const std::vector<int32_t> producers = graph::Producers(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    const graph::Value& input = graph.value(node.inputs[0]);
    if (graph.value(node.output).dtype != DType::kFloat32 || input.dtype == DType::kFloat32 ||
        producers[static_cast<size_t>(node.inputs[0])] < 0) {
      continue;
    }
    return Fail(ErrorCode::kUnsupported, graph::Describe(graph, i), " makes reals of '", input.name,
                "', which is ", tensor::NameOf(input.dtype),
                "; models are quantized up to there only: make that an output");
  }
  return {};
}

Result<Quantized> QuantizeToIntegers(const graph::Graph& given, const Options& options,
                                     const Environment& environment, Report& report) {
  // Of the time that it takes, about.
  constexpr double kPrepared = 0.3;
  constexpr double kObserved = 0.5;
  constexpr double kRanged = 0.6;
  GOLDCREST_RETURN_IF_ERROR(ExpectNoRanges(given));
  GOLDCREST_RETURN_IF_ERROR(ExpectRealsOnly(given));
  GOLDCREST_RETURN_IF_ERROR(ExpectSamples(given, options.kind, environment));
  const DType dtype = ActivationType(options.kind);
  const bool legacy = options.kind == Kind::kUInt8;
  const LayerOptions layers{.weights = legacy ? DType::kUInt8 : DType::kInt8,
                            .one_scale = legacy || options.per_tensor,
                            .recipe = options.recipe};
  graph::Graph graph = given;
  GOLDCREST_TRY(report.channels, PrepareChannels(graph, layers, Part(environment, 0, kPrepared)));
  Plan plan = MakePlan(graph, dtype, options, report.notes);
  Examiner examiner(graph.metadata.input_contract);
  Outputs outputs;
  GOLDCREST_TRY(const Observers observers,
                Observe(graph, RangedValues(graph, plan), Part(environment, kPrepared, kObserved),
                        &examiner, &outputs));
  if (!SameConstants(graph, given)) outputs.clear();
  report.warnings = examiner.Warnings();
  for (IntegerPart& part : plan.parts) {
    GOLDCREST_TRY(part.activations, ChooseActivations(graph, part.scheme, options.ranges, observers,
                                                      Part(environment, kObserved, kRanged)));
  }
  GOLDCREST_RETURN_IF_ERROR(ChooseWeights(graph, layers, Part(environment, kRanged, 1), plan));
  const DType io = options.io.value_or(dtype);
  GOLDCREST_TRY(graph::Graph integers, MakeIntegerGraph(graph, plan, {io, io}));
  return Quantized{std::move(integers), std::move(graph), std::move(plan), std::move(outputs)};
}

}  // namespace

Result<Quantized> Quantize(const graph::Graph& graph, const Options& options,
                           const Environment& environment, Report& report) {
  GOLDCREST_RETURN_IF_ERROR(CheckNames(options.recipe));
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(graph));
  GOLDCREST_RETURN_IF_ERROR(ExpectFiniteConstants(graph));
  if (options.symmetric && options.kind != Kind::kInt8) {
    return Fail(ErrorCode::kUsage, "--symmetric goes with --to int8, not with --to ",
                NameOf(options.kind));
  }
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
  return Quantized{std::move(out), graph, {}, {}};
}

}  // namespace goldcrest::quantize
