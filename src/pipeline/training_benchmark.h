// How fast a model learns: whole steps on a batch of noise that is in memory already.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/precision.h"

namespace goldcrest::pipeline {

struct TrainingBenchmarkOptions {
  std::string model;
  int64_t batch = 32;
  int threads = 1;
  double seconds = 2;  // to measure for, at least; never fewer than three steps
  bool profile = false;
  tensor::Precision precision = tensor::Precision::kFloat32;
};

struct LayerTime {
  std::string name;
  std::string op;
  double forward_ms = 0, backward_ms = 0;  // the least of all steps
};

struct TrainingBenchmark {
  int64_t steps = 0;
  double best_ms = 0, median_ms = 0;  // of a step: forward, loss, backward, SGD with momentum
  double best_pictures_per_s = 0, median_pictures_per_s = 0;
  size_t arena_bytes = 0;
  std::vector<LayerTime> layers;  // empty without `profile`
};

Result<TrainingBenchmark> BenchmarkTraining(const TrainingBenchmarkOptions& options,
                                            const std::function<void(double share)>& progress);

}  // namespace goldcrest::pipeline
