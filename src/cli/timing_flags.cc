#include "cli/timing_flags.h"

#include "cli/command.h"

namespace goldcrest::cli {

Status TimingFlags::Complete(pipeline::BenchmarkOptions& options) const {
  // Who states a number of runs wants that number.
  if (runs->count() > 0 && least_seconds->count() == 0) options.least_seconds = 0;
  if (options.least_seconds > options.most_seconds) {
    return Fail(ErrorCode::kUsage, "--min-secs ", options.least_seconds,
                " is more than --max-secs ", options.most_seconds);
  }
  return {};
}

TimingFlags AddTimingFlags(CLI::App& app, pipeline::BenchmarkOptions& options) {
  TimingFlags flags;
  app.add_option("--threads,--num-threads", options.threads, "threads to compute with")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  flags.runs = app.add_option("--runs,--num-runs", options.runs,
                              "run at least so often; stated without --min-secs: exactly")
                   ->check(CLI::Range(1, 100000000))
                   ->capture_default_str();
  flags.least_seconds =
      app.add_option("--min-secs", options.least_seconds, "and at least for so many seconds")
          ->check(CLI::Range(0.0, 1e6))
          ->capture_default_str();
  app.add_option("--max-secs", options.most_seconds, "stop after so many seconds of running")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--warmup-runs", options.warmup_runs, "runs before that do not count, at least")
      ->check(CLI::Range(0, 100000000))
      ->capture_default_str();
  app.add_option("--warmup-min-secs", options.warmup_seconds, "seconds of them, at least")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  AddInputShapesFlag(app, options.input_shapes);
  AddEndsFlags(app, options.import);
  AddArithmeticFlag(app, options.arithmetic);
  AddPrecisionFlag(app, options.precision);
  app.add_option("--batch", options.batch, "pictures of one run, where the model allows it")
      ->check(CLI::Range(1, 1000000))
      ->excludes("--input-shapes");
  return flags;
}

}  // namespace goldcrest::cli
