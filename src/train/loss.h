// The loss that training makes small: cross-entropy of the softmax of a network's outputs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace goldcrest::train {

struct LossOptions {
  double label_smoothing = 0;         // this share of every label goes to all classes evenly
  std::vector<double> class_weights;  // by class; empty: all weigh 1
};

// Where a picture belongs: a class, and a share of another where pictures are mixed.
struct Target {
  int64_t label = 0;
  int64_t other = 0;
  double other_share = 0;
};

struct LossSum {
  double loss = 0;      // summed over pictures, natural logarithm
  int64_t correct = 0;  // pictures whose best class is their label; equal scores: the lower index
};

// logits is [targets, classes]. Each picture's loss is
//   weight of its label · −Σ_c t_c · ln softmax(logits)_c,
// t being one at the label, smoothed. Where `gradient` is not empty it becomes that of the mean
// over the pictures.
LossSum CrossEntropy(std::span<const float> logits, std::span<const Target> targets,
                     const LossOptions& options, std::span<float> gradient);

}  // namespace goldcrest::train
