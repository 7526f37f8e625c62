#include "pipeline/benchmark.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

#include "cli/benchmark_pictures.h"
#include "cli/benchmark_training.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/timing_flags.h"

namespace goldcrest::cli {
namespace {

using base::Milliseconds;
using pipeline::ModelBenchmark;
using pipeline::StepTime;

constexpr size_t kSlowest = 10;

struct BenchmarkFlags {
  pipeline::BenchmarkOptions options;
  TimingFlags timing;
  bool training = false;
  std::string pictures;
  data::FetchOptions fetch;
  decode::Precision precision = decode::Precision::kExact;
  bool json = false;
};

struct OperatorTime {
  std::string op;
  int64_t nodes = 0;
  int64_t multiply_adds = 0;
  double ms = 0;
  double share = 0;
};

// By kind of operator, the slowest first.
std::vector<OperatorTime> ByOperator(const std::vector<StepTime>& steps) {
  std::map<std::string, OperatorTime> by_name;
  for (const StepTime& step : steps) {
    OperatorTime& op = by_name[step.op];
    op.op = step.op;
    ++op.nodes;
    op.multiply_adds += step.multiply_adds;
    op.ms += step.median_ms;
    op.share += step.share;
  }
  std::vector<OperatorTime> operators;
  operators.reserve(by_name.size());
  for (auto& [name, op] : by_name) operators.push_back(std::move(op));
  std::ranges::stable_sort(operators, std::greater(), &OperatorTime::ms);
  return operators;
}

nlohmann::ordered_json ToJson(const BenchmarkFlags& flags, const ModelBenchmark& result,
                              const ModelBenchmark& first) {
  const pipeline::Statistics& run = result.run_ms;
  nlohmann::ordered_json json;
  json["model"] = result.model;
  json["threads"] = flags.options.threads;
  json["isa"] = result.isa;
  json["backend"] = result.backend;
  json["precision"] = tensor::NameOf(flags.options.precision);
  if (result.sqnr_db) json["sqnr_db"] = *result.sqnr_db;
  json["runs"] = run.count;
  json["min_ms"] = run.min;
  json["median_ms"] = run.median;
  json["p90_ms"] = run.p90;
  json["max_ms"] = run.max;
  json["mean_ms"] = run.mean;
  json["std_ms"] = run.std;
  json["spread"] = run.spread;
  json["load_ms"] = result.load_ms;
  json["first_run_ms"] = result.first_run_ms;
  json["arena_bytes"] = result.arena_bytes;
  json["peak_rss_bytes"] = result.peak_rss_bytes;
  if (&result != &first) {
    json["compared_with"] = first.model;
    json["min_ratio"] = run.min / first.run_ms.min;
    json["median_ratio"] = run.median / first.run_ms.median;
  }
  for (const OperatorTime& op : ByOperator(result.steps)) {
    json["operators"].push_back(
        {{"op", op.op}, {"nodes", op.nodes}, {"ms", op.ms}, {"share", op.share}});
  }
  for (const StepTime& step : result.steps) {
    json["steps"].push_back({{"name", step.name},
                             {"op", step.op},
                             {"kernel", step.kernel},
                             {"multiply_adds", step.multiply_adds},
                             {"median_ms", step.median_ms},
                             {"share", step.share}});
  }
  return json;
}

// Multiply-adds a second in thousands of millions.
std::string Rate(int64_t multiply_adds, double ms) {
  if (multiply_adds == 0 || ms <= 0) return "";
  return base::Fixed(static_cast<double>(multiply_adds) / ms / 1e6, 1);
}

std::string Latencies(const std::vector<ModelBenchmark>& results) {
  std::vector<std::string> header = {"model",   "min ms",       "median", "p90",
                                     "mean",    "max",          "spread", "runs",
                                     "load ms", "first run ms", "arena",  "peak memory"};
  std::vector<size_t> right = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  if (results.size() > 1) {
    header.insert(header.begin() + 1, "median / first");
    right.push_back(12);
  }
  Table table(std::move(header), std::move(right));
  for (const ModelBenchmark& result : results) {
    const pipeline::Statistics& run = result.run_ms;
    std::vector<std::string> row = {Printable(result.model),
                                    Milliseconds(run.min),
                                    Milliseconds(run.median),
                                    Milliseconds(run.p90),
                                    Milliseconds(run.mean),
                                    Milliseconds(run.max),
                                    Percent(run.spread),
                                    base::Cat(run.count),
                                    Milliseconds(result.load_ms),
                                    Milliseconds(result.first_run_ms),
                                    base::Bytes(result.arena_bytes),
                                    base::Bytes(result.peak_rss_bytes)};
    if (results.size() > 1) {
      double ratio = run.median / results.front().run_ms.median;
      row.insert(row.begin() + 1, base::Cat(base::Fixed(ratio, 3), "x"));
    }
    table.Add(std::move(row));
  }
  return table.ToString();
}

std::string Operators(const ModelBenchmark& result) {
  Table table({"operator", "nodes", "ms", "share", "G mult-adds/s"}, {1, 2, 3, 4});
  for (const OperatorTime& op : ByOperator(result.steps)) {
    table.Add({op.op, base::Cat(op.nodes), Milliseconds(op.ms), Percent(op.share),
               Rate(op.multiply_adds, op.ms)});
  }
  return table.ToString();
}

std::string Slowest(const ModelBenchmark& result) {
  std::vector<StepTime> steps = result.steps;
  std::ranges::stable_sort(steps, std::greater(), &StepTime::median_ms);
  steps.resize(std::min(steps.size(), kSlowest));
  Table table({"slowest", "operator", "kernel", "ms", "share", "G mult-adds/s"}, {3, 4, 5});
  for (const StepTime& step : steps) {
    table.Add({Printable(step.name), step.op, step.kernel, Milliseconds(step.median_ms),
               Percent(step.share), Rate(step.multiply_adds, step.median_ms)});
  }
  return table.ToString();
}

void Print(const BenchmarkFlags& flags, const std::vector<ModelBenchmark>& results) {
  std::string text =
      base::Cat(flags.options.threads, flags.options.threads == 1 ? " thread, " : " threads, ",
                results.front().isa, ", ", results.front().backend, "\n\n", Latencies(results));
  for (const ModelBenchmark& result : results) {
    if (result.steps.empty()) continue;
    if (results.size() > 1) text += base::Cat("\n", Printable(result.model));
    text += base::Cat("\n", Operators(result), "\n", Slowest(result));
  }
  for (const ModelBenchmark& result : results) {
    if (!result.sqnr_db) continue;
    text +=
        base::Cat("\n", Printable(result.model), ": outputs in ",
                  tensor::NameOf(flags.options.precision), " are ", base::Fixed(*result.sqnr_db, 1),
                  " dB (signal to noise) from those in f32; evaluate --precision ",
                  tensor::NameOf(flags.options.precision), " tells the accuracy on pictures\n");
  }
  std::fputs(text.c_str(), stdout);
}

// What would be faster.
void OfferBfloat16(const std::vector<ModelBenchmark>& results) {
  if (std::ranges::none_of(results, &ModelBenchmark::offers_bfloat16)) return;
  PrintNotes(
      {"this processor multiplies in bfloat16 too: --precision bf16 is faster, and tells by "
       "how much the outputs change"});
}

Status Benchmark(BenchmarkFlags flags) {
  GOLDCREST_RETURN_IF_ERROR(flags.timing.Complete(flags.options));
  if (flags.training) return BenchmarkTraining(flags.options, flags.json);
  if (!flags.pictures.empty()) {
    return BenchmarkPictures({.model = flags.options.models.front(),
                              .pictures = flags.pictures,
                              .fetch = flags.fetch,
                              .precision = flags.precision,
                              .threads = flags.options.threads,
                              .seconds = flags.options.least_seconds},
                             flags.json);
  }
  std::vector<ModelBenchmark> results;
  {
    Progress progress;
    GOLDCREST_TRY(results, pipeline::Benchmark(flags.options, [&](const auto& p) {
                    progress.Show(p.share, p.doing);
                  }));
  }
  for (const ModelBenchmark& result : results) PrintNotes(result.notes);
  if (!flags.json) {
    Print(flags, results);
    OfferBfloat16(results);
    return {};
  }
  for (const ModelBenchmark& result : results) PrintJson(ToJson(flags, result, results.front()));
  return {};
}

}  // namespace

Action AddBenchmark(CLI::App& app) {
  auto flags = std::make_shared<BenchmarkFlags>();
  pipeline::BenchmarkOptions& options = flags->options;
  app.add_option("models,--graph", options.models,
                 "the models: .tflite, Keras .keras or .h5; several take turns")
      ->required();
  flags->timing = AddTimingFlags(app, options);
  app.add_flag("--profile,--enable-op-profiling", options.profile,
               "by operator, and the slowest of them");
  app.add_flag("--training", flags->training,
               "steps of training instead, on batches of 32 unless --batch says otherwise")
      ->excludes("--input-shapes");
  app.add_option("--pictures", flags->pictures,
                 "how fast these become inputs of the first model instead: decoded, resized, "
                 "normalised; a folder, or other data")
      ->excludes("--training")
      ->excludes("--input-shapes");
  AddDecodeFlag(app, flags->precision)->needs("--pictures");
  AddFetchFlags(app, flags->fetch);
  for (const char* flag : {"--allow-private-addresses", "--fetch-timeout"}) {
    app.get_option(flag)->needs("--pictures");
  }
  app.add_flag("--json", flags->json, "print one JSON object a model");
  return [flags] { return Benchmark(*flags); };
}

}  // namespace goldcrest::cli
