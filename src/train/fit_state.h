// Where a run of training is.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "train/loss.h"

namespace goldcrest::train {

struct Score {
  double loss = 0;
  double accuracy = 0;
};

struct EpochReport {
  int64_t epoch = 0;  // 1, 2, …
  Score training;     // while learning
  std::optional<Score> validation;
  double rate = 0;  // the last
  double samples_per_second = 0;
  bool best = false;
};

// All that a run needs to go on, between two steps, to the bits that it would have come to.
struct FitState {
  int64_t epoch = 1;             // that is running
  int64_t samples = 0;           // of it that were learned from
  LossSum sum;                   // over these
  double seconds = 0;            // that they took
  int64_t steps = 0;             // of all epochs
  double rate = 0;               // of the last step
  std::vector<float> elements;   // of the parameters
  std::vector<float> optimizer;  // its state
  std::vector<float> average;    // of the learned parameters; empty: none is kept
  std::vector<float> kept;       // all parameters of the best epoch; empty: there was none yet
  double kept_loss = 0;
  int64_t kept_epoch = 0;
  std::vector<EpochReport> epochs;  // that are over
};

}  // namespace goldcrest::train
