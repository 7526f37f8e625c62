#include "pipeline/benchmark.h"

#include <algorithm>
#include <cstdio>
#include <memory>

#include "cli/benchmark_pictures.h"
#include "cli/benchmark_profile.h"
#include "cli/benchmark_training.h"
#include "cli/benchmark_tune.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/timing_flags.h"
#include "cli/tuning_flag.h"

namespace goldcrest::cli {
namespace {

using base::Milliseconds;
using pipeline::ModelBenchmark;

struct BenchmarkFlags {
  pipeline::BenchmarkOptions options;
  TimingFlags timing;
  bool training = false;
  bool tune = false;
  std::string output;  // of tuning
  std::string tuning;
  std::string pictures;
  data::FetchOptions fetch;
  decode::Precision precision = decode::Precision::kExact;
  bool json = false;
};

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
  AddProfile(result, json);
  return json;
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

void Print(const BenchmarkFlags& flags, const std::vector<ModelBenchmark>& results) {
  std::string text =
      base::Cat(flags.options.threads, flags.options.threads == 1 ? " thread, " : " threads, ",
                results.front().isa, ", ", results.front().backend, "\n\n", Latencies(results));
  for (const ModelBenchmark& result : results) {
    if (result.steps.empty()) continue;
    if (results.size() > 1) text += base::Cat("\n", Printable(result.model));
    text += base::Cat("\n", ProfileTables(result));
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
  if (flags.tune) return BenchmarkTune(flags.options, flags.output, flags.json);
  pipeline::BenchmarkOptions& options = flags.options;
  GOLDCREST_TRY(options.tuning,
                LoadTuning(flags.tuning, options.threads, options.arithmetic, options.precision));
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
  AddCacheFlag(app, options.cache);
  CLI::Option* tuning = AddTuningFlag(app, flags->tuning);
  app.add_flag("--profile,--enable-op-profiling", options.profile,
               "by operator, and the slowest of them, beside what the machine can do");
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
  CLI::Option* output = app.add_option("-o,--output", flags->output, "the file that --tune writes");
  CLI::Option* tune = app.add_flag("--tune", flags->tune,
                                   "measure which kernels are fastest on this model and machine, "
                                   "for --tuning to take");
  tune->needs(output)->excludes(tuning);
  output->needs(tune);
  for (const char* flag : {"--training", "--pictures", "--profile"}) {
    tune->excludes(app.get_option(flag));
  }
  app.add_flag("--json", flags->json, "print one JSON object a model");
  return [flags] { return Benchmark(*flags); };
}

}  // namespace goldcrest::cli
