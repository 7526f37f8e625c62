#include "pipeline/training_run.h"

#include <algorithm>
#include <numeric>

#include "base/cpu_features.h"
#include "base/interruption.h"
#include "graph/cost.h"
#include "pipeline/stopwatch.h"
#include "train/training_form.h"

namespace goldcrest::pipeline {
namespace {

// By class, so that all together weigh as much as before.
std::vector<double> BalancedWeights(const std::vector<int64_t>& counts) {
  const auto all = static_cast<double>(std::accumulate(counts.begin(), counts.end(), int64_t{0}));
  std::vector<double> weights;
  weights.reserve(counts.size());
  for (int64_t count : counts) {
    weights.push_back(all / static_cast<double>(std::ssize(counts) * std::max<int64_t>(count, 1)));
  }
  return weights;
}

double ShareDone(const train::StepReport& step, int64_t epochs) {
  if (step.validating) return static_cast<double>(step.epoch) / static_cast<double>(epochs);
  return (static_cast<double>(step.epoch - 1) + step.share) / static_cast<double>(epochs);
}

std::string Doing(const train::StepReport& step, int64_t epochs) {
  std::string text = base::Cat("epoch ", step.epoch, "/", epochs);
  if (step.validating) return base::Cat(text, "  validating");
  if (step.share == 0) return text;
  return base::Cat(text, "  loss ", base::Fixed(step.loss, 4), "  ",
                   base::Fixed(step.samples_per_second, 0), " images/s");
}

Status Judge(TrainingRun& run, train::Network& network, const TrainingSources& sources) {
  auto measure = [&](train::BatchSource& source, train::Confusion* confusion) {
    auto proceed = [&](double share) {
      run.events.progress(1, base::Cat("judging ", base::Fixed(share * 100, 0), " %"));
      return true;
    };
    return train::Measure(network, source, {}, proceed, confusion);
  };
  if (sources.validation.size() > 0) {
    GOLDCREST_TRY(run.report.score, measure(sources.validation, &run.report.confusion));
  }
  if (sources.test.size() > 0) {
    GOLDCREST_TRY(run.report.test_score, measure(sources.test, nullptr));
  }
  return {};
}

}  // namespace

Status FitAndJudge(TrainingRun& run, StartingModel& model, graph::Graph graph,
                   const TrainingSources& sources) {
  const auto start = Clock::now();
  TrainReport& report = run.report;
  report.training = static_cast<size_t>(sources.training.size());
  report.validation = static_cast<size_t>(sources.validation.size());
  report.test = static_cast<size_t>(sources.test.size());
  GOLDCREST_TRY(graph, train::TrainingForm(std::move(graph)));
  train::NetworkOptions network_options{.batch = run.options.batch,
                                        .learned = model.learned,
                                        .batch_statistics = model.batch_statistics,
                                        .precision = run.options.precision,
                                        .seed = run.options.fit.seed};
  network_options.learned.resize(graph.values.size(), false);
  GOLDCREST_TRY(base::Isa isa, base::AllowedIsa());
  GOLDCREST_TRY(train::Network network,
                train::Network::Create(std::move(graph), network_options, run.pool, isa));
  report.learned = std::ssize(network.parameters().learned());
  report.parameters = graph::ParameterCount(model.graph);
  train::FitOptions fit = run.options.fit;
  if (run.options.balanced) fit.loss.class_weights = BalancedWeights(report.training_by_class);
  const train::FitEvents events{
      .progress =
          [&](const train::StepReport& step) {
            run.events.progress(ShareDone(step, fit.epochs), Doing(step, fit.epochs));
          },
      .epoch_done =
          [&](const train::EpochReport& done) {
            run.log->Epoch(done, network.parameters());
            run.events.epoch_done(done);
            return Status();
          },
      .interrupted = [] { return base::HeldInterruption::requested() != 0; },
      .checkpoint = [&](train::FitState state) { run.checkpoints->Write(std::move(state)); }};
  {
    const base::HeldInterruption hold;
    GOLDCREST_TRY(report.fit, train::Fit(network, sources.training,
                                         report.validation > 0 ? &sources.validation : nullptr, fit,
                                         events, run.pool, run.resumed ? &*run.resumed : nullptr));
  }
  if (!report.fit.epochs.empty()) GOLDCREST_RETURN_IF_ERROR(Judge(run, network, sources));
  network.parameters().CopyTo(model.graph);
  report.fit_seconds = MillisecondsSince(start) / 1000;
  return {};
}

}  // namespace goldcrest::pipeline
