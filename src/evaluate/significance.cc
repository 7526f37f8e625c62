#include "evaluate/significance.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace goldcrest::evaluate {

Interval WilsonInterval(int64_t hits, int64_t total) {
  if (total == 0) return {};
  constexpr double kZ = 1.959963984540054;  // the normal distribution's 97.5 % quantile
  const auto n = static_cast<double>(total);
  const double share = static_cast<double>(hits) / n;
  const double scale = 1 + kZ * kZ / n;
  const double center = (share + kZ * kZ / (2 * n)) / scale;
  const double half = kZ / scale * std::sqrt(share * (1 - share) / n + kZ * kZ / (4 * n * n));
  return {hits == 0 ? 0 : center - half, hits == total ? 1 : center + half};
}

double McNemar(int64_t only_first, int64_t only_second) {
  const auto n = static_cast<double>(only_first + only_second);
  const int64_t fewer = std::min(only_first, only_second);
  double tail = 0;
  // From the largest term down, until they add nothing.
  double log_term = std::lgamma(n + 1) - std::lgamma(static_cast<double>(fewer) + 1) -
                    std::lgamma(n - static_cast<double>(fewer) + 1) - n * std::numbers::ln2;
  for (int64_t k = fewer; k >= 0; --k) {
    const double term = std::exp(log_term);
    if (term < tail * 1e-18) break;
    tail += term;
    log_term += std::log(static_cast<double>(k) / (n - static_cast<double>(k) + 1));
  }
  return std::min(1.0, 2 * tail);
}

}  // namespace goldcrest::evaluate
