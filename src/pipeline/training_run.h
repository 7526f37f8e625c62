// The network of a training: fitted, and judged as it is left.
#pragma once

#include <optional>

#include "base/thread_pool.h"
#include "pipeline/train.h"
#include "pipeline/training_checkpoints.h"

namespace goldcrest::pipeline {

// What the parts of a training share.
struct TrainingRun {
  const TrainOptions& options;
  const TrainEvents& events;
  base::ThreadPool pool;
  TrainReport report;
  std::optional<TrainingLog> log;
  std::optional<TrainingCheckpoints> checkpoints;
  std::optional<train::FitState> resumed;
};

struct TrainingSources {
  train::BatchSource& training;
  train::BatchSource& validation;  // may be empty, as may
  train::BatchSource& test;
};

// `graph` is what is run of the model: its head, or all of it. Gives the model what was learned,
// and the run's report what it came to. A signal ends it with a checkpoint.
Status FitAndJudge(TrainingRun& run, StartingModel& model, graph::Graph graph,
                   const TrainingSources& sources);

}  // namespace goldcrest::pipeline
