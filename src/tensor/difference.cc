#include "tensor/difference.h"

#include <cmath>
#include <limits>

#include "base/check.h"

namespace goldcrest::tensor {

Difference Compare(const TensorView& a, const TensorView& b) {
  size_t count = a.bytes.size() / SizeOf(a.dtype);
  GOLDCREST_CHECK(count == b.bytes.size() / SizeOf(b.dtype));
  Difference difference;
  double largest = 0;
  double signal = 0;
  double noise = 0;
  for (size_t i = 0; i < count; ++i) {
    double x = ElementAsDouble(a, i);
    double y = ElementAsDouble(b, i);
    if (x == y) {
      largest = std::max(largest, std::fabs(x));
      signal += x * x;
      continue;
    }
    ++difference.differing;
    double distance = std::fabs(x - y);
    if (std::isnan(distance) || distance > difference.max_absolute) {
      difference.max_absolute = distance;
    }
    if (std::isnan(difference.max_absolute)) break;
    largest = std::max(largest, std::fabs(x));
    signal += x * x;
    noise += distance * distance;
  }
  difference.max_relative = difference.max_absolute == 0 ? 0 : difference.max_absolute / largest;
  difference.sqnr_db =
      noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / noise);
  if (std::isnan(difference.max_absolute)) difference.sqnr_db = difference.max_absolute;
  return difference;
}

int64_t ArgMax(std::span<const float> values) {
  int64_t best = 0;
  for (size_t i = 1; i < values.size(); ++i) {
    float leader = values[static_cast<size_t>(best)];
    if (values[i] > leader || std::isnan(leader)) best = static_cast<int64_t>(i);
  }
  return best;
}

}  // namespace goldcrest::tensor
