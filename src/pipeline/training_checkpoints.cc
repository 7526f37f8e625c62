#include "pipeline/training_checkpoints.h"

#include <filesystem>

namespace goldcrest::pipeline {

bool TrainingCheckpoints::exists() const {
  std::error_code ignored;
  return std::filesystem::exists(path_, ignored);
}

void TrainingCheckpoints::Write(train::FitState state) {
  const Status written =
      train::WriteCheckpoint(path_, {.settings = settings_, .state = std::move(state)});
  failure_ = written ? std::nullopt : std::optional(written.error());
}

void TrainingCheckpoints::Remove() const {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace goldcrest::pipeline
