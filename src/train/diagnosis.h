// What the curves and the answers of a training run say of it, in words.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/fit.h"

namespace goldcrest::train {

enum class Symptom : uint8_t {
  kRateTooHigh,
  kOverFitting,
  kUnderFitting,
  kUnfinished,
  kNeverPredicted,
  kFewPictures,
  kSmallValidation,
};
std::string_view NameOf(Symptom symptom);    // over_fitting
std::string_view Describe(Symptom symptom);  // over-fitting

struct Finding {
  Symptom symptom = Symptom::kOverFitting;
  std::string text;    // what is seen, with its figures
  std::string remedy;  // what to do
};

// What is known of a run when it has ended.
struct RunFacts {
  const FitReport& fit;
  std::span<const std::string> classes;
  std::span<const int64_t> training;                // pictures by class
  std::span<const std::vector<int64_t>> confusion;  // [label][answer] of validation; empty: none
  double rate = 0;                                  // the learning rate that was asked for
};

// What the rules below find, in the order of the symptoms; empty for a healthy run.
std::vector<Finding> Diagnose(const RunFacts& run);

// The loss or a parameter became infinite, or the loss ended above where it began, or above that of
// knowing nothing though not by falling all the way, or jumped up from one epoch to the next more
// than once.
std::optional<Finding> RateTooHigh(const RunFacts& run);

// The validation loss rises from its best epoch on while the training loss falls (medians of a few
// epochs, so that a loss that only shivers is none), or the accuracy on pictures that were learned
// from is more than 10 points above that on others, and above its interval. Not where the rate is
// too high.
std::optional<Finding> OverFitting(const RunFacts& run);

// Neither on the pictures that were learned from nor on others has it come half of the way from
// the largest class' share to 1, and neither more epochs nor a lower rate promise it.
std::optional<Finding> UnderFitting(const RunFacts& run);

// The loss was still falling when the epochs were over: by a line through its last third, whose
// slope is beyond doubt.
std::optional<Finding> Unfinished(const RunFacts& run);

// Classes with validation pictures (three or more), and never an answer.
std::optional<Finding> NeverPredicted(const RunFacts& run);

// Classes with less than 20 pictures to learn from.
std::optional<Finding> FewPictures(const RunFacts& run);

// The 95 % interval of the validation accuracy is wider than 10 points, or there is no validation.
std::optional<Finding> SmallValidation(const RunFacts& run);

}  // namespace goldcrest::train
