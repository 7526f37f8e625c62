// What a training run leaves behind while it runs.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "pipeline/csv_log.h"
#include "train/fit.h"

namespace goldcrest::pipeline {

struct TrainingLogOptions {
  std::string folder;  // empty: no log
};

// A log that cannot be written any more does not end the training: it ends itself, and failure()
// says why.
class TrainingLog {
 public:
  // Makes the folder. An error where it cannot be written.
  static Result<TrainingLog> Open(const TrainingLogOptions& options);

  void Epoch(const train::EpochReport& report);

  const std::optional<Error>& failure() const { return failure_; }

 private:
  TrainingLog() = default;
  void Note(const Status& status);

  std::optional<CsvLog> csv_;
  std::optional<Error> failure_;
};

}  // namespace goldcrest::pipeline
