#include "pipeline/quantize.h"

#include <chrono>

#include "api/constants.h"
#include "backends/cpu/cpu_backend.h"
#include "base/file.h"
#include "graph/infer.h"
#include "passes/passes.h"
#include "pipeline/calibration_samples.h"
#include "pipeline/labels.h"
#include "pipeline/model_file.h"
#include "quantize/keep_layers.h"
#include "quantize/sensitivity.h"

namespace goldcrest::pipeline {
namespace {

// Samples on which layers are compared: each has millions of numbers.
constexpr int64_t kLayerSamples = 16;

std::string DescribeValue(const graph::Value& value) {
  return tensor::DescribeType(value.dtype, value.shape, value.quantization);
}

// The model as the passes leave it, with its contract and labels.
Result<graph::Graph> Prepare(const QuantizeOptions& options, QuantizeReport& report) {
  GOLDCREST_TRY(graph::Graph graph, ReadModel(options.input, options.import));
  report.notes = graph.metadata.notes;
  GOLDCREST_RETURN_IF_ERROR(api::ResolveInputContract(options.contract, graph, report.notes));
  if (!options.labels.empty()) {
    GOLDCREST_TRY(graph.metadata.labels,
                  ReadLabels(options.labels, ClassCount(graph), report.notes));
  }
  GOLDCREST_TRY(auto passes, passes::Run(graph, {.evaluate = api::ConstantEvaluator()}));
  if (graph.metadata.input_contract) {
    report.input_contract = tensor::Describe(*graph.metadata.input_contract);
  }
  report.weight_bytes_before = graph::ConstantBytes(graph);
  graph.metadata.notes.clear();
  return graph;
}

Result<std::unique_ptr<CalibrationSamples>> OpenSamples(const QuantizeOptions& options,
                                                        const graph::Graph& graph,
                                                        base::ThreadPool& pool,
                                                        const quantize::Progress& progress) {
  // Layers are compared on data of either kind.
  const bool calibrates = !options.calibration.empty();
  const std::string& path = calibrates ? options.calibration : options.validate;
  if (path.empty()) return std::unique_ptr<CalibrationSamples>();
  graph::Graph bound = graph;
  GOLDCREST_RETURN_IF_ERROR(graph::BindDefaultShapes(bound));
  return CalibrationSamples::Open(
      {.path = path,
       .limit = calibrates ? options.calibration_samples : kLayerSamples,
       .fetch = options.fetch,
       .shape = bound.value(bound.inputs[0]).shape,
       .contract = graph.metadata.input_contract},
      pool, progress);
}

// A part of the whole work, from share `first` to `last`.
quantize::Progress Part(const quantize::Progress& progress, double first, double last) {
  return [&progress, first, last](double share, const std::string& doing) {
    progress(first + share * (last - first), doing);
  };
}

// Whether the output is one row of scores.
bool IsClassifier(const graph::Graph& graph) {
  graph::Graph bound = graph;
  if (graph.inputs.size() != 1 || !graph::BindDefaultShapes(bound)) return false;
  const tensor::Shape& shape = bound.value(bound.outputs[0]).shape;
  const int64_t elements = tensor::ElementCount(shape).value_or(0);
  return elements > 1 && elements == shape.back();
}

// A quantized model, and what it has cost.
struct Trial {
  quantize::Quantized quantized;
  quantize::Report report;
  std::vector<std::byte> file;
  std::optional<EvaluateReport> evaluation;
  double drop = 0;
};

class Quantizer {
 public:
  Quantizer(const QuantizeOptions& options, const graph::Graph& graph,
            const CalibrationSamples* samples, const quantize::Environment& environment)
      : options_(options), graph_(graph), samples_(samples), environment_(environment) {}

  Result<Trial> Try(const quantize::KeptLayers& kept, double first, double last) {
    constexpr double kQuantized = 0.7;
    const double middle = first + kQuantized * (last - first);
    quantize::Options options = options_.quantize;
    options.kept = kept;
    Trial trial;
    GOLDCREST_TRY(trial.quantized,
                  Within(base::Cat("quantizing ", options_.input),
                         quantize::Quantize(graph_, options, During(first, middle), trial.report)));
    GOLDCREST_TRY(trial.file, EncodeModel(trial.quantized.graph, options_.output));
    GOLDCREST_RETURN_IF_ERROR(Evaluate(trial, Part(environment_.progress, middle, last)));
    return trial;
  }

  // Of `trial`, which loses too much: the same with as few layers as need be in wider types. What
  // comes of it may still lose too much.
  Result<Trial> KeepLayers(Trial trial, QuantizeReport& report) {
    constexpr int64_t kSamples = 16;
    GOLDCREST_TRY(std::vector<quantize::Sensitivity> sensitivities,
                  quantize::MeasureSensitivities(trial.quantized.reference, trial.quantized.plan,
                                                 kSamples, During(kFirstTrial, kSensitivities)));
    const auto worst = quantize::WorstLayers(
        graph_, std::move(sensitivities),
        options_.quantize.io.value_or(tensor::DType::kInt8) != tensor::DType::kFloat32);
    double done = kSensitivities;
    auto good_enough = [&](const quantize::KeptLayers& layers) -> Result<bool> {
      // Each trial takes a third of what is left: their number is not known.
      const double next = done + (1 - done) / 3;
      GOLDCREST_TRY(Trial other, Try(layers, done, next));
      done = next;
      report.notes.push_back(base::Cat("with ", layers.size(), " layers kept in wider types ",
                                       base::Fixed(other.drop, 2), " points are lost"));
      if (other.drop > *report.max_drop) return false;
      trial = std::move(other);
      return true;
    };
    GOLDCREST_TRY(const auto few, quantize::KeepFewLayers(worst, good_enough));
    if (!few) return trial;
    for (const auto& [node, dtype] : *few) {
      report.kept.push_back({graph_.NameOf(graph_.nodes[node]), dtype});
    }
    return trial;
  }

  static constexpr double kFirstTrial = 0.3;
  static constexpr double kSensitivities = 0.4;

 private:
  quantize::Environment During(double first, double last) const {
    quantize::Environment environment = environment_;
    environment.progress = Part(environment_.progress, first, last);
    return environment;
  }

  // What calibration has seen of the float model, by sample of the calibration set, but for a few
  // on which the model is to be timed.
  quantize::Outputs OutputsInSet(Trial& trial) const {
    constexpr size_t kTimedSamples = 3;
    quantize::Outputs outputs(static_cast<size_t>(samples_->set_size()));
    for (size_t i = kTimedSamples; i < trial.quantized.outputs.size(); ++i) {
      const int64_t index = samples_->index_in_set(static_cast<int64_t>(i));
      outputs[static_cast<size_t>(index)] = std::move(trial.quantized.outputs[i]);
    }
    return outputs;
  }

  Status Evaluate(Trial& trial, const quantize::Progress& progress) const {
    const bool validates = !options_.validate.empty();
    if ((!validates && samples_ == nullptr) || !IsClassifier(graph_)) return {};
    EvaluateOptions options{.data = validates ? options_.validate : options_.calibration,
                            .limit = validates ? 0 : options_.calibration_samples,
                            .fetch = options_.fetch,
                            .ignore_labels = !validates,
                            .threads = options_.threads};
    options.models = {
        {.path = options_.input,
         .graph = graph_,
         .file_bytes = graph::ConstantBytes(graph_),
         .outputs = validates ? quantize::Outputs() : OutputsInSet(trial)},
        {.path = options_.output, .graph = trial.quantized.graph, .file_bytes = trial.file.size()}};
    GOLDCREST_TRY(trial.evaluation, pipeline::Evaluate(options, [&](double share) {
                    progress(share, "comparing with the float model");
                  }));
    const evaluate::Summary& real = trial.evaluation->models[0].summary;
    const evaluate::Summary& summary = trial.evaluation->models[1].summary;
    // Of counts, so that one picture of 100 is one point and no more.
    const int64_t lost = summary.top1 ? real.top1->hits - summary.top1->hits
                                      : summary.pictures - summary.agreement.hits;
    trial.drop = 100 * static_cast<double>(lost) / static_cast<double>(summary.pictures);
    return {};
  }

  const QuantizeOptions& options_;
  const graph::Graph& graph_;
  const CalibrationSamples* samples_;
  const quantize::Environment& environment_;
};

Status CheckBudget(const QuantizeOptions& options, const graph::Graph& graph) {
  const bool mixed = options.quantize.kind == quantize::Kind::kMixed;
  if (!options.max_drop && !mixed) return {};
  if (options.max_drop && options.calibration.empty() && options.validate.empty()) {
    return Fail(ErrorCode::kUsage,
                "--max-drop needs pictures to measure on; name them with --validate");
  }
  if (IsClassifier(graph)) return {};
  return Fail(ErrorCode::kUnsupported, mixed ? "--to mixed" : "--max-drop",
              " counts right answers, and the model's output is no list of scores, one a class");
}

Status WriteResult(const QuantizeOptions& options, const Trial& trial, QuantizeReport& report) {
  const graph::Graph& quantized = trial.quantized.graph;
  report.quantize = trial.report;
  report.input = DescribeValue(quantized.value(quantized.inputs[0]));
  report.output = DescribeValue(quantized.value(quantized.outputs[0]));
  report.evaluation = trial.evaluation;
  report.drop = trial.drop;
  report.file_bytes = trial.file.size();
  if (!report.within_budget() && !options.force) return {};
  return base::WriteFile(options.output, trial.file);
}

}  // namespace

Result<QuantizeReport> Quantize(const QuantizeOptions& options,
                                const quantize::Progress& progress) {
  constexpr double kReadingShare = 0.1;
  const auto start = std::chrono::steady_clock::now();
  const bool mixed = options.quantize.kind == quantize::Kind::kMixed;
  QuantizeReport report;
  report.max_drop = options.max_drop;
  if (mixed && !report.max_drop) report.max_drop = QuantizeOptions::kDefaultDrop;
  GOLDCREST_TRY(graph::Graph graph, Prepare(options, report));
  GOLDCREST_RETURN_IF_ERROR(CheckBudget(options, graph));
  GOLDCREST_TRY(base::Isa isa, base::AllowedIsa());
  base::ThreadPool pool(options.threads);
  const backends::cpu::CpuBackend backend(isa);
  GOLDCREST_TRY(auto samples, OpenSamples(options, graph, pool, Part(progress, 0, kReadingShare)));
  if (samples != nullptr && !options.calibration.empty()) {
    report.calibrated_on = samples->description();
    report.samples = samples->count();
    report.unreadable = samples->unreadable();
    report.notes.insert(report.notes.end(), samples->notes().begin(), samples->notes().end());
  }
  const quantize::Environment environment{
      .backend = &backend,
      .pool = &pool,
      .samples = options.calibration.empty() ? nullptr : samples.get(),
      .progress = Part(progress, kReadingShare, 1)};
  Quantizer quantizer(options, graph, samples.get(), environment);
  GOLDCREST_TRY(Trial trial, quantizer.Try({}, 0, mixed ? Quantizer::kFirstTrial : 0.95));
  if (mixed && trial.evaluation && trial.drop > *report.max_drop) {
    GOLDCREST_TRY(trial, quantizer.KeepLayers(std::move(trial), report));
  }
  if (samples != nullptr && graph.inputs.size() == 1) {
    GOLDCREST_TRY(report.layers,
                  MeasureLayerLosses(trial.quantized, *samples, kLayerSamples, pool));
  }
  GOLDCREST_RETURN_IF_ERROR(WriteResult(options, trial, report));
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace goldcrest::pipeline
