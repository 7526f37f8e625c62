// Two models side by side: whether the second is slower or larger than the first, and where.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/benchmark.h"
#include "pipeline/evaluate.h"
#include "pipeline/model_layers.h"
#include "pipeline/speed_difference.h"

namespace goldcrest::pipeline {

struct CompareOptions {
  std::string before;  // files, of any format that models are read from
  std::string after;
  // How they are timed; its models and `profile` are not read. Rounds and starts are more than
  // usual, to tell differences from noise.
  BenchmarkOptions benchmark{.models = {}, .rounds = 15, .starts = 5, .input_shapes = {}};
  // On which data, and how; its models are not read. No accuracy where `data` is empty.
  EvaluateOptions evaluate;
};

struct CompareEvents {
  std::function<void(double share, const std::string& doing)> progress;  // share in [0, 1]
};

struct ComparedModel {
  std::string model;
  std::string format;  // "Keras .h5"
  uint64_t file_bytes = 0;
  // After what convert does to a model, its weights as they are stored.
  int64_t parameters = 0;
  uint64_t weight_bytes = 0;
  int64_t multiply_adds = 0;
  std::map<std::string, int64_t> operators;  // how many there are of each kind
  std::string inputs;                        // "float32[1, 224, 224, 3]"
  int64_t classes = -1;                      // -1: not known
  std::vector<std::string> labels;
  std::vector<Layer> layers;  // in the order in which they run
  // Without steps and graph.
  ModelBenchmark benchmark;

  int64_t operator_count() const;
};

// A layer of both models, or of one of them; differences are after − before, what is absent being
// 0.
struct LayerDifference {
  std::optional<size_t> before;  // indices into the models' layers
  std::optional<size_t> after;
  double ms = 0;
  int64_t parameters = 0;
  int64_t weight_bytes = 0;
  int64_t multiply_adds = 0;
  SpeedDifference speed;  // where both have it
  // Both have it, with the same costs, and in times that noise, or 2 % of the model's time,
  // accounts for.
  bool alike = false;
};

// What layers cost more than before, in words, and what can be done.
struct CostFinding {
  std::string text;
  std::string remedy;
};

struct CompareReport {
  ComparedModel before;
  ComparedModel after;
  SpeedDifference speed;  // of whole runs
  // By layer: those that are not alike first, by how far their times, then their weights, are
  // apart; then the others in the order in which they run.
  std::vector<LayerDifference> layers;
  std::vector<CostFinding> findings;
  // With data: one of both models, or, where they tell different classes apart (`apart` says how),
  // one a model. A model whose classes are not those of the data has none, and a note instead.
  std::vector<EvaluateReport> evaluations;
  std::string apart;
  std::vector<std::string> notes;
};

// Runs both in turns, each round timed apart, then, in turns too, with each layer timed. The inputs
// are seeded noise; no result but times depends on the machine.
Result<CompareReport> Compare(const CompareOptions& options, const CompareEvents& events);

}  // namespace goldcrest::pipeline
