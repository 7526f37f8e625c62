#include "evaluate/scores.h"

#include <algorithm>
#include <cmath>

namespace goldcrest::evaluate {
namespace {

bool Before(float a, float b) { return a > b || (std::isnan(b) && !std::isnan(a)); }

}  // namespace

void Softmax(std::span<float> scores) {
  if (scores.empty()) return;
  const double largest = *std::ranges::max_element(scores);
  double sum = 0;
  for (float x : scores) sum += std::exp(x - largest);
  for (float& x : scores) x = static_cast<float>(std::exp(x - largest) / sum);
}

int64_t RankOf(std::span<const float> scores, int64_t label) {
  const auto at = static_cast<size_t>(label);
  int64_t rank = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    const bool wins_tie = i < at && !Before(scores[at], scores[i]);
    if (wins_tie || Before(scores[i], scores[at])) ++rank;
  }
  return rank;
}

double Divergence(std::span<const float> p, std::span<const float> q, double floor) {
  double sum = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    const double a = p[i];
    const double b = q[i];
    if (std::isnan(a) || std::isnan(b)) return a + b;
    if (a != 0) sum += a * std::log(std::max(a, floor) / std::max(b, floor));
  }
  return sum;
}

}  // namespace goldcrest::evaluate
