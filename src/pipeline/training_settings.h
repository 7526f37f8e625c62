// All that decides what a training comes to.
#pragma once

#include <vector>

#include "pipeline/train.h"
#include "train/checkpoint.h"

namespace goldcrest::pipeline {

// Two runs with the same come to the same bits on the same machine. When a training ends is not
// among them (patience, the accuracy that is enough, and the number of epochs where the learning
// rate does not depend on it), so that one that was broken off can go on longer.
std::vector<train::Setting> SettingsOf(const TrainOptions& options, const StartingModel& model,
                                       const TrainingData& data);

}  // namespace goldcrest::pipeline
