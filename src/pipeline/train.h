// A model that tells the user's own classes apart.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "augment/policy.h"
#include "base/result.h"
#include "pipeline/starting_model.h"
#include "pipeline/training_data.h"
#include "pipeline/training_log.h"
#include "tensor/precision.h"
#include "train/diagnosis.h"
#include "train/fit.h"

namespace goldcrest::pipeline {

struct TrainOptions {
  TrainingDataOptions data;
  StartOptions start;
  augment::Policy augmentation;  // of what is learned from
  std::string output;            // .keras, .h5 or .tflite
  // Of features; empty: no cache. Without a value it is base::CacheFolder(), and training goes on
  // without a cache where no file can be written there.
  std::optional<std::string> cache_folder;
  int64_t variants = 4;  // of each picture, where features of augmented ones are cached
  decode::Precision decoding = decode::Precision::kExact;  // of what is learned from
  // Of steps; what is judged is computed in float32, as the model that is written.
  tensor::Precision precision = tensor::Precision::kFloat32;
  bool balanced = false;  // classes weigh as if all had as many pictures
  int64_t batch = 32;
  int threads = 1;
  train::FitOptions fit;
  bool resume = false;  // from the checkpoint of a run that was not finished, where there is one
  TrainingLogOptions log;
};

struct TrainReport {
  std::string data;  // in words
  std::vector<std::string> classes;
  size_t training = 0, validation = 0, test = 0;  // pictures
  std::vector<int64_t> training_by_class;
  int64_t features_computed = 0;  // pictures; of the others all came from the cache
  std::string cache;              // its folder; empty: none
  std::string input_contract;
  int64_t learned = 0, parameters = 0;  // numbers
  train::FitReport fit;
  std::optional<train::Score> score;  // of the model as it is written, on the validation pictures
  train::Confusion confusion;         // of the validation pictures
  std::optional<train::Score> test_score;  // on pictures that decided nothing
  std::vector<train::Finding> diagnosis;
  std::string checkpoint;  // from which --resume goes on; empty where training is over
  size_t file_bytes = 0;   // 0 where it was interrupted in its first epoch and nothing is written
  double feature_seconds = 0, fit_seconds = 0;
  std::vector<std::string> notes, warnings, unreadable;
};

struct TrainEvents {
  std::function<void(double share, const std::string& doing)> progress;
  std::function<void(const train::EpochReport& report)> epoch_done;
  // What the user wants to know at once.
  std::function<void(const std::string& text)> note;
};

// The checkpoint of a run that writes `output`: "birds.keras.checkpoint".
std::string CheckpointPath(const std::string& output);

// Trains what the starting model says, and writes the whole. From time to time a checkpoint is
// written, which is removed when training is over. A signal (base/interruption.h) ends training
// with a checkpoint: then the best model so far is written, if there is one, and the report's
// ending is kInterrupted.
Result<TrainReport> Train(const TrainOptions& options, const TrainEvents& events);

}  // namespace goldcrest::pipeline
