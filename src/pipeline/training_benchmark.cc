#include "pipeline/training_benchmark.h"

#include <algorithm>

#include "base/cpu_features.h"
#include "base/random.h"
#include "pipeline/model_file.h"
#include "pipeline/statistics.h"
#include "pipeline/stopwatch.h"
#include "train/learned.h"
#include "train/loss.h"
#include "train/network.h"
#include "train/optimizer.h"
#include "train/training_form.h"

namespace goldcrest::pipeline {
namespace {

constexpr double kRate = 0.01;
constexpr int64_t kLeastSteps = 3;

void FillWithNoise(std::span<float> values) {
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(2 * base::UnitOf(base::Mixed(1, i)) - 1);
  }
}

}  // namespace

Result<TrainingBenchmark> BenchmarkTraining(const TrainingBenchmarkOptions& options,
                                            const std::function<void(double share)>& progress) {
  GOLDCREST_TRY(graph::Graph graph, ReadModel(options.model));
  GOLDCREST_TRY(graph, train::TrainingForm(std::move(graph)));
  train::NetworkOptions network_options{.batch = options.batch, .precision = options.precision};
  network_options.learned = train::LearnedConstants(graph);
  network_options.timed = options.profile;
  base::ThreadPool pool(options.threads);
  GOLDCREST_TRY(const base::Isa isa, base::AllowedIsa());
  GOLDCREST_TRY(train::Network network,
                train::Network::Create(std::move(graph), network_options, pool, isa));
  GOLDCREST_TRY(
      train::Optimizer optimizer,
      train::Optimizer::Create({.algorithm = train::Algorithm::kSgd}, network.parameters()));
  FillWithNoise(network.input());
  std::vector<train::Target> targets(static_cast<size_t>(options.batch));
  for (size_t i = 0; i < targets.size(); ++i) {
    targets[i].label = static_cast<int64_t>(i) % network.output_elements();
  }
  std::vector<double> times;
  const auto start = Clock::now();
  // The first step finds memory that nobody has touched yet.
  for (int64_t step = -1; step < kLeastSteps || MillisecondsSince(start) < options.seconds * 1000;
       ++step) {
    const auto begin = Clock::now();
    network.Forward(options.batch, true, static_cast<uint64_t>(step + 1));
    train::CrossEntropy(network.output(), targets, {}, network.output_gradient());
    network.Backward();
    optimizer.Step(kRate, pool);
    if (step >= 0) times.push_back(MillisecondsSince(begin));
    progress(std::min(MillisecondsSince(start) / (options.seconds * 1000), 1.0));
  }
  const Statistics statistics = Summarize(times);
  const auto pictures = static_cast<double>(options.batch) * 1000;
  TrainingBenchmark result{.steps = static_cast<int64_t>(statistics.count),
                           .best_ms = statistics.min,
                           .median_ms = statistics.median,
                           .best_pictures_per_s = pictures / statistics.min,
                           .median_pictures_per_s = pictures / statistics.median,
                           .arena_bytes = network.arena_bytes()};
  for (const train::LayerClock& clock : network.clocks()) {
    constexpr double kMillion = 1e6;
    result.layers.push_back({clock.name, std::string(clock.op),
                             static_cast<double>(clock.forward_ns) / kMillion,
                             static_cast<double>(clock.backward_ns) / kMillion});
  }
  return result;
}

}  // namespace goldcrest::pipeline
