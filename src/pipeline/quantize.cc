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

namespace goldcrest::pipeline {
namespace {

// "int8[1, 224, 224, 3], scale 0.0078, zero point 0"
std::string DescribeValue(const graph::Value& value) {
  std::string text = base::Cat(tensor::NameOf(value.dtype), tensor::ToString(value.shape));
  if (value.quantization.empty()) return text;
  return base::Cat(text, ", scale ", value.quantization.scale[0], ", zero point ",
                   value.quantization.zero_point[0]);
}

// The model as the passes leave it, with its contract and labels.
Result<graph::Graph> Prepare(const QuantizeOptions& options, QuantizeReport& report) {
  GOLDCREST_TRY(graph::Graph graph, ReadModel(options.input));
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
  if (options.calibration.empty() || !quantize::NeedsCalibration(options.quantize.kind)) {
    return std::unique_ptr<CalibrationSamples>();
  }
  graph::Graph bound = graph;
  GOLDCREST_RETURN_IF_ERROR(graph::BindDefaultShapes(bound));
  return CalibrationSamples::Open({.path = options.calibration,
                                   .limit = options.calibration_samples,
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

}  // namespace

Result<QuantizeReport> Quantize(const QuantizeOptions& options,
                                const quantize::Progress& progress) {
  constexpr double kReadingShare = 0.1;
  const auto start = std::chrono::steady_clock::now();
  QuantizeReport report;
  GOLDCREST_TRY(graph::Graph graph, Prepare(options, report));
  GOLDCREST_TRY(base::Isa isa, base::AllowedIsa());
  base::ThreadPool pool(options.threads);
  const backends::cpu::CpuBackend backend(isa);
  GOLDCREST_TRY(auto samples, OpenSamples(options, graph, pool, Part(progress, 0, kReadingShare)));
  if (samples != nullptr) {
    report.calibrated_on = samples->description();
    report.samples = samples->count();
    report.unreadable = samples->unreadable();
    report.notes.insert(report.notes.end(), samples->notes().begin(), samples->notes().end());
  }
  const quantize::Environment environment{.backend = &backend,
                                          .pool = &pool,
                                          .samples = samples.get(),
                                          .progress = Part(progress, kReadingShare, 1)};
  GOLDCREST_TRY(const quantize::Quantized made,
                Within(base::Cat("quantizing ", options.input),
                       quantize::Quantize(graph, options.quantize, environment, report.quantize)));
  const graph::Graph& quantized = made.graph;
  report.input = DescribeValue(quantized.value(quantized.inputs[0]));
  report.output = DescribeValue(quantized.value(quantized.outputs[0]));
  GOLDCREST_TRY(std::vector<std::byte> bytes, EncodeModel(quantized, options.output));
  report.file_bytes = bytes.size();
  GOLDCREST_RETURN_IF_ERROR(base::WriteFile(options.output, bytes));
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace goldcrest::pipeline
