// A line of figures for each epoch.
#pragma once

#include <optional>
#include <string>

#include "base/appended_file.h"
#include "base/result.h"
#include "train/fit.h"

namespace goldcrest::pipeline {

// Names, order and counting are those of Keras' CSVLogger: epoch (from 0), accuracy, learning_rate,
// loss, val_accuracy, val_loss; "NA" where there is no validation. Shares are of 1.
class CsvLog {
 public:
  explicit CsvLog(std::string path) : path_(std::move(path)) {}

  // The line is with the operating system when this returns. The first call begins the file anew,
  // but for the lines of earlier epochs where it is not the first epoch: a run that goes on.
  Status Add(const train::EpochReport& epoch);

 private:
  Status Begin(int64_t first);

  std::string path_;
  std::optional<base::AppendedFile> file_;
};

}  // namespace goldcrest::pipeline
