#include "pipeline/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/check.h"

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

}  // namespace goldcrest::pipeline
