#include "drawing/noise.h"

#include <cmath>

#include "base/random.h"

namespace goldcrest::drawing {
namespace {

double AtCorner(uint64_t seed, double x, double y) {
  const auto column = static_cast<uint64_t>(static_cast<int64_t>(x));
  const auto row = static_cast<uint64_t>(static_cast<int64_t>(y));
  constexpr uint64_t kOdd = 0xD1B54A32D192ED03;  // spreads columns over all bits
  return base::UnitOf(base::Mixed(seed ^ (column * kOdd), row));
}

double Smooth(double share) { return share * share * (3 - 2 * share); }

}  // namespace

double ValueNoise(uint64_t seed, Point point) {
  const double x = std::floor(point.x);
  const double y = std::floor(point.y);
  const double across = Smooth(point.x - x);
  const double down = Smooth(point.y - y);
  const double above = std::lerp(AtCorner(seed, x, y), AtCorner(seed, x + 1, y), across);
  const double below = std::lerp(AtCorner(seed, x, y + 1), AtCorner(seed, x + 1, y + 1), across);
  return std::lerp(above, below, down);
}

double CloudNoise(uint64_t seed, Point point, int octaves) {
  double sum = 0;
  double height = 0.5;
  double whole = 0;
  for (int octave = 0; octave < octaves; ++octave) {
    sum += height * ValueNoise(seed + static_cast<uint64_t>(octave), point);
    whole += height;
    height /= 2;
    point = {point.x * 2, point.y * 2};
  }
  return sum / whole;
}

}  // namespace goldcrest::drawing
