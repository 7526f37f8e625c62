#include "cli/benchmark_training.h"

#include <cstdio>

#include "cli/command.h"
#include "cli/progress.h"
#include "pipeline/training_benchmark.h"

namespace goldcrest::cli {
namespace {

void Print(const pipeline::TrainingBenchmark& result, int64_t batch, int threads) {
  std::string text = base::Cat(
      threads, threads == 1 ? " thread, " : " threads, ", "batch of ", batch, ", ", result.steps,
      " steps: forward, backward, SGD with momentum\n\nbest ", base::Fixed(result.best_ms, 1),
      " ms, ", base::Fixed(result.best_pictures_per_s, 1), " pictures/s; median ",
      base::Fixed(result.median_ms, 1), " ms, ", base::Fixed(result.median_pictures_per_s, 1),
      " pictures/s; activations and gradients ", base::Bytes(result.arena_bytes), "\n");
  if (!result.layers.empty()) {
    Table table({"layer", "operator", "forward ms", "backward ms"}, {2, 3});
    for (const pipeline::LayerTime& layer : result.layers) {
      table.Add({Printable(layer.name), layer.op, base::Fixed(layer.forward_ms, 3),
                 base::Fixed(layer.backward_ms, 3)});
    }
    text += base::Cat("\n", table.ToString());
  }
  std::fputs(text.c_str(), stdout);
}

}  // namespace

Status BenchmarkTraining(const pipeline::BenchmarkOptions& options, bool json) {
  constexpr int64_t kBatch = 32;
  const int64_t batch = options.batch > 0 ? options.batch : kBatch;
  pipeline::TrainingBenchmark result;
  {
    Progress progress;
    GOLDCREST_TRY(result, pipeline::BenchmarkTraining(
                              {.model = options.models.front(),
                               .batch = batch,
                               .threads = options.threads,
                               .seconds = options.least_seconds,
                               .profile = options.profile,
                               .precision = options.precision},
                              [&](double share) { progress.Show(share, "training on noise"); }));
  }
  if (!json) {
    Print(result, batch, options.threads);
    return {};
  }
  PrintJson({{"model", options.models.front()},
             {"threads", options.threads},
             {"batch", batch},
             {"steps", result.steps},
             {"min_ms", result.best_ms},
             {"median_ms", result.median_ms},
             {"best_pictures_per_s", result.best_pictures_per_s},
             {"median_pictures_per_s", result.median_pictures_per_s},
             {"arena_bytes", result.arena_bytes}});
  return {};
}

}  // namespace goldcrest::cli
