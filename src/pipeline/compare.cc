#include "pipeline/compare.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "passes/passes.h"
#include "pipeline/aligned_layers.h"
#include "pipeline/compare_findings.h"
#include "pipeline/labels.h"
#include "pipeline/model_file.h"

namespace goldcrest::pipeline {
namespace {

constexpr double kShareOfTiming = 0.5;  // of the work, where there is data too
constexpr double kLeastOfModel = 0.02;  // of the model's time, for a layer's to be told

Status Describe(ModelBenchmark benchmark, const ImportOptions& import, ComparedModel& model) {
  model.model = benchmark.model;
  const std::string& path = model.model;
  GOLDCREST_TRY(StoredModel file, DescribeStored(path));
  model.file_bytes = file.bytes;
  model.format = std::move(file.format);
  GOLDCREST_TRY(graph::Graph stored,
                ReadModel(path, LeavesEndsOpen(path) ? import : ImportOptions()));
  // Constants are not computed: they would not be as the file has them.
  GOLDCREST_RETURN_IF_ERROR(Within(base::Cat("preparing ", path), passes::Run(stored, {})));
  model.classes = ClassCount(stored);
  model.labels = stored.metadata.labels;
  ModelLayers described = DescribeLayers(stored, benchmark);
  model.layers = std::move(described.layers);
  model.parameters = described.parameters;
  model.weight_bytes = described.weight_bytes;
  for (const Layer& layer : model.layers) {
    model.multiply_adds += layer.multiply_adds;
    ++model.operators[layer.op];
  }
  for (graph::ValueId id : benchmark.graph.inputs) {
    const graph::Value& input = benchmark.graph.value(id);
    model.inputs += base::Cat(model.inputs.empty() ? "" : ", ", tensor::NameOf(input.dtype),
                              tensor::ToString(input.shape));
  }
  benchmark.steps.clear();
  benchmark.graph = {};
  model.benchmark = std::move(benchmark);
  return {};
}

std::vector<LayerKey> KeysOf(const std::vector<Layer>& layers) {
  std::vector<LayerKey> keys;
  keys.reserve(layers.size());
  for (const Layer& layer : layers) keys.push_back({layer.name, layer.op, layer.shape});
  return keys;
}

double SumOfTimes(const std::vector<Layer>& layers) {
  return std::accumulate(layers.begin(), layers.end(), 0.0,
                         [](double sum, const Layer& layer) { return sum + layer.median_ms; });
}

LayerDifference Difference(const AlignedLayers& aligned, const ComparedModel& before,
                           const ComparedModel& after, double least_ms) {
  LayerDifference difference{aligned.before, aligned.after};
  static const Layer kNone;
  const Layer& a = aligned.before ? before.layers[*aligned.before] : kNone;
  const Layer& b = aligned.after ? after.layers[*aligned.after] : kNone;
  difference.ms = b.median_ms - a.median_ms;
  difference.parameters = b.parameters - a.parameters;
  difference.weight_bytes =
      static_cast<int64_t>(b.weight_bytes) - static_cast<int64_t>(a.weight_bytes);
  difference.multiply_adds = b.multiply_adds - a.multiply_adds;
  if (!aligned.before || !aligned.after) return difference;
  difference.speed = CompareSpeed(a.round_medians_ms, b.round_medians_ms);
  const SpeedVerdict verdict = difference.speed.verdict;
  const bool as_fast = verdict == SpeedVerdict::kNoDifference ||
                       verdict == SpeedVerdict::kTooFewRounds || std::abs(difference.ms) < least_ms;
  difference.alike = as_fast && difference.parameters == 0 && difference.weight_bytes == 0 &&
                     difference.multiply_adds == 0;
  return difference;
}

void AlignAndSort(CompareReport& report) {
  const double least_ms =
      kLeastOfModel * std::min(SumOfTimes(report.before.layers), SumOfTimes(report.after.layers));
  for (const AlignedLayers& aligned :
       AlignLayers(KeysOf(report.before.layers), KeysOf(report.after.layers))) {
    report.layers.push_back(Difference(aligned, report.before, report.after, least_ms));
  }
  std::ranges::stable_sort(report.layers, [](const LayerDifference& a, const LayerDifference& b) {
    if (a.alike || b.alike) return !a.alike && b.alike;
    if (std::abs(a.ms) != std::abs(b.ms)) return std::abs(a.ms) > std::abs(b.ms);
    return std::abs(a.weight_bytes) > std::abs(b.weight_bytes);
  });
}

// Why the answers of the two cannot be told beside each other; empty where they can.
std::string WhyApart(const ComparedModel& before, const ComparedModel& after,
                     const EvaluateOptions& options) {
  auto background = [](const ComparedModel& one, const ComparedModel& other) {
    return one.classes == other.classes + 1 && !one.labels.empty() &&
           one.labels.front() == "background";
  };
  const bool first_more = background(before, after);
  const bool second_more = background(after, before);
  if (before.classes != after.classes && !first_more && !second_more) {
    return base::Cat("before tells ", before.classes, " classes apart and after ", after.classes);
  }
  if (!options.labels.empty() || before.labels.empty() || after.labels.empty()) return "";
  const std::span<const std::string> a = std::span(before.labels).subspan(first_more ? 1 : 0);
  const std::span<const std::string> b = std::span(after.labels).subspan(second_more ? 1 : 0);
  const auto [x, y] = std::ranges::mismatch(a, b);
  if (x == a.end() && y == b.end()) return "";
  if (x == a.end() || y == b.end()) return "their lists of labels differ in length";
  return base::Cat("their labels differ: class ", x - a.begin(), " is '", *x, "' of before and '",
                   *y, "' of after");
}

Status Evaluate(const CompareOptions& options, const CompareEvents& events, CompareReport& report) {
  EvaluateOptions evaluate = options.evaluate;
  report.apart = WhyApart(report.before, report.after, evaluate);
  auto run = [&](const std::vector<std::string>& paths, double done, double share) {
    evaluate.models.clear();
    for (const std::string& path : paths) evaluate.models.push_back({.path = path});
    return pipeline::Evaluate(evaluate, [&, done, share](double of_this) {
      events.progress(kShareOfTiming + (1 - kShareOfTiming) * (done + share * of_this),
                      "evaluating");
    });
  };
  if (report.apart.empty()) {
    GOLDCREST_TRY(EvaluateReport both, run({options.before, options.after}, 0, 1));
    report.evaluations.push_back(std::move(both));
    return {};
  }
  std::optional<Error> failure;
  for (const std::string& path : {options.before, options.after}) {
    Result<EvaluateReport> one = run({path}, report.evaluations.empty() ? 0 : 0.5, 0.5);
    if (one) {
      report.evaluations.push_back(std::move(*one));
      continue;
    }
    report.notes.push_back(
        base::Cat("no accuracy of ", path, " on this data: ", one.error().ToString()));
    failure = std::move(one.error());
  }
  if (report.evaluations.empty()) return std::unexpected(std::move(*failure));
  return {};
}

}  // namespace

int64_t ComparedModel::operator_count() const { return std::ssize(layers); }

Result<CompareReport> Compare(const CompareOptions& options, const CompareEvents& events) {
  CompareReport report;
  const bool evaluates = !options.evaluate.data.empty();
  if (evaluates) {  // what is wrong with the data is told before anything takes time
    const data::OpenOptions open{.limit = options.evaluate.limit, .fetch = options.evaluate.fetch};
    GOLDCREST_RETURN_IF_ERROR(data::Open(options.evaluate.data, open));
  }
  // Before anything else is in memory: a start is measured in a copy of this process.
  BenchmarkOptions benchmark = options.benchmark;
  benchmark.models = {options.before, options.after};
  benchmark.profile = true;
  GOLDCREST_TRY(auto results, Benchmark(benchmark, [&](const BenchmarkProgress& p) {
                  events.progress(evaluates ? kShareOfTiming * p.share : p.share, p.doing);
                }));
  report.speed = CompareSpeed(results[0].round_medians_ms, results[1].round_medians_ms);
  GOLDCREST_RETURN_IF_ERROR(
      Describe(std::move(results[0]), options.benchmark.import, report.before));
  GOLDCREST_RETURN_IF_ERROR(
      Describe(std::move(results[1]), options.benchmark.import, report.after));
  if (report.before.inputs != report.after.inputs) {
    report.notes.push_back(base::Cat("the inputs differ: before takes ", report.before.inputs,
                                     ", after ", report.after.inputs));
  }
  AlignAndSort(report);
  report.findings = FindCosts(report);
  if (evaluates) GOLDCREST_RETURN_IF_ERROR(Evaluate(options, events, report));
  return report;
}

}  // namespace goldcrest::pipeline
