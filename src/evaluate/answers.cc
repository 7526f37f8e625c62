#include "evaluate/answers.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "evaluate/scores.h"
#include "tensor/difference.h"

namespace goldcrest::evaluate {

Answer Judge(std::span<const float> scores, int64_t label, std::span<const float> first_scores,
             double floor) {
  GOLDCREST_CHECK(scores.size() == first_scores.size() && !scores.empty());
  Answer answer;
  answer.best = tensor::ArgMax(scores);
  answer.best_score = scores[static_cast<size_t>(answer.best)];
  if (label >= 0) {
    answer.rank = RankOf(scores, label);
    answer.label_score = scores[static_cast<size_t>(label)];
  }
  answer.divergence = Divergence(first_scores, scores, floor);
  for (size_t i = 0; i < scores.size(); ++i) {
    const double a = first_scores[i];
    const double distance = a - scores[i];
    answer.signal += a * a;
    answer.noise += distance * distance;
  }
  return answer;
}

Summary Summarize(std::span<const Answer> answers, std::span<const Answer> first) {
  GOLDCREST_CHECK(answers.size() == first.size());
  Summary summary;
  summary.pictures = std::ssize(answers);
  summary.agreement.total = summary.pictures;
  const bool labelled = !answers.empty() && answers.front().rank >= 0;
  if (labelled) summary.top1 = summary.top5 = Share{0, summary.pictures};
  double signal = 0;
  double noise = 0;
  for (size_t i = 0; i < answers.size(); ++i) {
    const Answer& answer = answers[i];
    summary.agreement.hits += answer.best == first[i].best ? 1 : 0;
    summary.divergence += answer.divergence;
    signal += answer.signal;
    noise += answer.noise;
    if (!labelled) continue;
    const bool right = answer.rank == 0;
    const bool first_right = first[i].rank == 0;
    summary.top1->hits += right ? 1 : 0;
    summary.top5->hits += answer.rank < 5 ? 1 : 0;
    summary.only_this_right += right && !first_right ? 1 : 0;
    summary.only_first_right += first_right && !right ? 1 : 0;
  }
  if (!answers.empty()) summary.divergence /= static_cast<double>(answers.size());
  summary.sqnr_db =
      noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / noise);
  summary.p_value = McNemar(summary.only_first_right, summary.only_this_right);
  return summary;
}

int64_t ConfusionMatrix::count(int64_t label, int64_t predicted) const {
  auto found = cells_.find({label, predicted});
  return found == cells_.end() ? 0 : found->second;
}

std::vector<ConfusionMatrix::Cell> ConfusionMatrix::MostConfused(size_t most) const {
  std::vector<Cell> confused;
  for (const auto& [pair, count] : cells_) {
    if (pair.first != pair.second) confused.push_back({pair.first, pair.second, count});
  }
  std::ranges::stable_sort(confused, std::greater(), &Cell::count);
  confused.resize(std::min(confused.size(), most));
  return confused;
}

std::vector<ClassResult> ByClass(std::span<const int64_t> labels, std::span<const Answer> answers,
                                 std::span<const Answer> first) {
  std::map<int64_t, ClassResult> by_class;
  for (size_t i = 0; i < labels.size(); ++i) {
    ClassResult& result = by_class[labels[i]];
    result.label = labels[i];
    ++result.top1.total;
    ++result.first_top1.total;
    result.top1.hits += answers[i].rank == 0 ? 1 : 0;
    result.first_top1.hits += first[i].rank == 0 ? 1 : 0;
  }
  std::vector<ClassResult> results;
  results.reserve(by_class.size());
  for (const auto& [label, result] : by_class) results.push_back(result);
  return results;
}

}  // namespace goldcrest::evaluate
