#include "pipeline/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/check.h"
#include "evaluate/significance.h"

namespace goldcrest::pipeline {

double Percentile(std::span<const double> rising, double share) {
  const double place = share * static_cast<double>(rising.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, rising.size() - 1);
  return rising[below] + (rising[above] - rising[below]) * (place - std::floor(place));
}

Statistics Summarize(std::span<const double> measurements) {
  GOLDCREST_CHECK(!measurements.empty());
  std::vector<double> rising(measurements.begin(), measurements.end());
  std::ranges::sort(rising);
  const auto count = static_cast<double>(rising.size());
  Statistics s{.count = rising.size(),
               .min = rising.front(),
               .median = Percentile(rising, 0.5),
               .p90 = Percentile(rising, 0.9),
               .max = rising.back(),
               .mean = std::accumulate(rising.begin(), rising.end(), 0.0) / count};
  double squares = 0;
  for (double x : rising) squares += (x - s.mean) * (x - s.mean);
  if (rising.size() > 1) s.std = std::sqrt(squares / (count - 1));
  if (s.median > 0) s.spread = (s.p90 - Percentile(rising, 0.1)) / s.median;
  return s;
}

std::optional<Range> MedianInterval(std::span<const double> measurements) {
  constexpr double kRare = 0.05;
  std::vector<double> rising(measurements.begin(), measurements.end());
  std::ranges::sort(rising);
  const auto count = std::ssize(rising);
  // A median is as often above a measurement as below. So few are on one side of it by luck:
  auto is_rare = [&](int64_t few) {
    return 2 * few < count && evaluate::McNemar(few, count - few) <= kRare;
  };
  if (!is_rare(0)) return std::nullopt;
  int64_t left_out = 0;
  while (is_rare(left_out + 1)) ++left_out;
  return Range{rising[static_cast<size_t>(left_out)],
               rising[static_cast<size_t>(count - 1 - left_out)]};
}

}  // namespace goldcrest::pipeline
