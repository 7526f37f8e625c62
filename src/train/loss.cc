#include "train/loss.h"

#include <algorithm>
#include <cmath>

namespace goldcrest::train {

LossSum CrossEntropy(std::span<const float> logits, std::span<const Target> targets,
                     const LossOptions& options, std::span<float> gradient) {
  LossSum sum;
  if (targets.empty()) return sum;
  const size_t classes = logits.size() / targets.size();
  const double even = options.label_smoothing / static_cast<double>(classes);
  const double share = 1 / static_cast<double>(targets.size());
  std::vector<double> wanted(classes);
  for (size_t i = 0; i < targets.size(); ++i) {
    const Target& target = targets[i];
    const std::span<const float> scores = logits.subspan(i * classes, classes);
    const auto best = std::ranges::max_element(scores);
    sum.correct += best - scores.begin() == target.label ? 1 : 0;
    std::ranges::fill(wanted, even);
    wanted[static_cast<size_t>(target.label)] +=
        (1 - options.label_smoothing) * (1 - target.other_share);
    wanted[static_cast<size_t>(target.other)] += (1 - options.label_smoothing) * target.other_share;
    double total = 0;
    for (float x : scores) total += std::exp(static_cast<double>(x) - *best);
    const double log_total = std::log(total) + *best;
    const double weight = options.class_weights.empty()
                              ? 1
                              : options.class_weights[static_cast<size_t>(target.label)];
    for (size_t c = 0; c < classes; ++c) {
      const double log_share = scores[c] - log_total;
      sum.loss -= weight * wanted[c] * log_share;
      if (gradient.empty()) continue;
      gradient[i * classes + c] =
          static_cast<float>(weight * share * (std::exp(log_share) - wanted[c]));
    }
  }
  return sum;
}

}  // namespace goldcrest::train
