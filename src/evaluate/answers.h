// What models answered on a data set, and what follows from it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "evaluate/significance.h"

namespace goldcrest::evaluate {

// One model on one picture, and how far its scores are from those of the model that it is compared
// with.
struct Answer {
  int64_t best = 0;  // class
  float best_score = 0;
  int64_t rank = -1;      // of the right class; -1 where there is no label
  float label_score = 0;  // its score
  double divergence = 0;  // see scores.h; 0 of the first model from itself
  double signal = 0;      // Σ a² of the first model's scores
  double noise = 0;       // Σ (a − b)²
};

// `label` is -1 where there is none. The scores are shares of 1, as a softmax makes them.
Answer Judge(std::span<const float> scores, int64_t label, std::span<const float> first_scores,
             double floor);

struct Share {
  int64_t hits = 0;
  int64_t total = 0;
  double value() const {
    return total == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(total);
  }
  Interval interval() const { return WilsonInterval(hits, total); }
};

// One model over all pictures.
struct Summary {
  int64_t pictures = 0;
  std::optional<Share> top1;  // where the data has labels
  std::optional<Share> top5;
  // Against the first model: pictures with the same best class; mean divergence; 10 · log10 of
  // Σ signal / Σ noise, infinite where there is no noise.
  Share agreement;
  double divergence = 0;
  double sqnr_db = 0;
  // Top-1, where the data has labels: pictures that one of the two alone got right, and how likely
  // luck makes such a difference (McNemar).
  int64_t only_first_right = 0;
  int64_t only_this_right = 0;
  double p_value = 1;
};

// Both spans are in the order of the pictures; labels are there for all or for none.
Summary Summarize(std::span<const Answer> answers, std::span<const Answer> first);

// Pictures by their class and the class that the model took them for.
class ConfusionMatrix {
 public:
  struct Cell {
    int64_t label, predicted, count;
  };
  void Add(int64_t label, int64_t predicted, int64_t count = 1) {
    cells_[{label, predicted}] += count;
  }
  int64_t count(int64_t label, int64_t predicted) const;
  // Pairs of different classes, the most frequent first; ties by label, then by prediction.
  std::vector<Cell> MostConfused(size_t most) const;

 private:
  std::map<std::pair<int64_t, int64_t>, int64_t> cells_;
};

struct ClassResult {
  int64_t label = 0;
  Share top1;
  Share first_top1;  // of the model that is compared with
};

// By class, those that have pictures, rising. One label for each answer.
std::vector<ClassResult> ByClass(std::span<const int64_t> labels, std::span<const Answer> answers,
                                 std::span<const Answer> first);

}  // namespace goldcrest::evaluate
