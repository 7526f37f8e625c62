// The checkpoint of a training, beside what it writes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "train/checkpoint.h"

namespace goldcrest::pipeline {

// A checkpoint that cannot be written does not end the training; failure() says why.
class TrainingCheckpoints {
 public:
  TrainingCheckpoints(std::string path, std::vector<train::Setting> settings)
      : path_(std::move(path)), settings_(std::move(settings)) {}

  bool exists() const;
  // An error where it is damaged, or of a run with other settings.
  Result<train::FitState> Read() const { return train::ReadCheckpoint(path_, settings_); }
  void Write(train::FitState state);
  void Remove() const;

  const std::string& path() const { return path_; }
  // Of the last that was to be written.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  std::string path_;
  std::vector<train::Setting> settings_;
  std::optional<Error> failure_;
};

}  // namespace goldcrest::pipeline
