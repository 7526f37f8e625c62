// What a training run leaves behind while it runs: log.csv, and event files for TensorBoard with
// the folders, names and counting of Keras' callback.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "events/event_file.h"
#include "pipeline/csv_log.h"
#include "pipeline/picture_source.h"
#include "pipeline/training_data.h"
#include "train/fit.h"

namespace goldcrest::pipeline {

struct TrainingLogOptions {
  std::string folder;  // empty: no log
  bool histograms = false;
  bool pictures = false;
};

// A log that cannot be written any more does not end the training: it ends itself, and failure()
// says why.
class TrainingLog {
 public:
  // Makes the folder. An error where it cannot be written.
  static Result<TrainingLog> Open(const TrainingLogOptions& options);

  // The figures of an epoch, and the parameters that it ended with.
  void Epoch(const train::EpochReport& report, train::Parameters& parameters);

  // Some training pictures of each class as the network sees them in the first epoch, augmentation
  // included, but for the normalization.
  void Pictures(const TrainingData& data, PictureSourceOptions options);

  const std::optional<Error>& failure() const { return failure_; }

 private:
  // `training` and, once there is validation, `validation`.
  struct Events {
    events::EventFile training;
    std::optional<events::EventFile> validation;
  };

  TrainingLog() = default;
  Status Write(const train::EpochReport& report, train::Parameters& parameters);
  Status WritePictures(const TrainingData& data, PictureSourceOptions options);
  void Note(const Status& status);

  TrainingLogOptions options_;
  std::optional<CsvLog> csv_;
  std::optional<Events> events_;
  std::optional<Error> failure_;
};

}  // namespace goldcrest::pipeline
