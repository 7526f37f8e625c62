#include "quantize/range_search.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace goldcrest::quantize {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"min-max", "moving-average", "percentile",
                                                    "mse", "entropy"};
constexpr double kClippedShare = 1e-5;
constexpr int kLevels = 256;

// What is clipped of a range when both ends are brought to a share of themselves, in steps.
constexpr int kShares = 48;
constexpr double kShareStep = 0.015;

Range Percentile(const Observer& observer) {
  const Histogram& histogram = observer.histogram();
  const auto clipped =
      static_cast<uint64_t>(kClippedShare * static_cast<double>(histogram.total()));
  const Range all = observer.range();
  auto bound = [&](bool from_low) {
    uint64_t seen = 0;
    for (size_t i = 0; i < histogram.bin_count(); ++i) {
      const size_t bin = from_low ? i : histogram.bin_count() - 1 - i;
      seen += histogram.count(bin);
      if (seen > clipped) return histogram.Center(bin);
    }
    return 0.0;
  };
  return {std::max(all.low, bound(true)), std::min(all.high, bound(false))};
}

// Sums over the bins below, so that the error of a range takes no loop.
class Sums {
 public:
  explicit Sums(const Histogram& histogram) : histogram_(histogram) {
    const size_t count = histogram.bin_count();
    for (auto* sums : {&elements_, &first_, &second_}) sums->assign(count + 1, 0);
    for (size_t i = 0; i < count; ++i) {
      const auto n = static_cast<double>(histogram.count(i));
      const double x = histogram.Center(i);
      elements_[i + 1] = elements_[i] + n;
      first_[i + 1] = first_[i] + n * x;
      second_[i + 1] = second_[i] + n * x * x;
    }
  }

  // What rounding to `levels` steps across the range and clipping to it do: step² / 12 inside, the
  // squared distance from the range outside.
  double SquaredError(const Range& range, int levels) const {
    const size_t low = BinOf(range.low);
    const size_t high = std::max(low, BinOf(range.high));
    const double step = (range.high - range.low) / (levels - 1);
    const double inside = (elements_[high] - elements_[low]) * step * step / 12;
    return inside + Outside(0, low, range.low) + Outside(high, elements_.size() - 1, range.high);
  }

 private:
  size_t BinOf(double x) const {
    const auto count = static_cast<double>(histogram_.bin_count());
    return static_cast<size_t>(std::clamp(x / histogram_.width() + count / 2, 0.0, count));
  }
  double Outside(size_t first, size_t last, double bound) const {
    return (second_[last] - second_[first]) - 2 * bound * (first_[last] - first_[first]) +
           bound * bound * (elements_[last] - elements_[first]);
  }

  const Histogram& histogram_;
  std::vector<double> elements_, first_, second_;
};

Range LeastSquares(const Observer& observer, int levels) {
  const Range all = observer.range();
  const Sums sums(observer.histogram());
  Range best = all;
  double least = sums.SquaredError(all, levels);
  const int low_shares = all.low < 0 ? kShares : 1;
  const int high_shares = all.high > 0 ? kShares : 1;
  for (int i = 0; i < low_shares; ++i) {
    for (int j = 0; j < high_shares; ++j) {
      const Range range{all.low * (1 - kShareStep * i), all.high * (1 - kShareStep * j)};
      const double error = sums.SquaredError(range, levels);
      if (error >= least) continue;
      least = error;
      best = range;
    }
  }
  return best;
}

// Divergence of the distribution within `range`, with what lies outside put into its outermost
// bins, from the same spread evenly over the levels that hold it.
double Divergence(const Histogram& histogram, const Range& range) {
  std::vector<double> inside;
  double below = 0;
  double above = 0;
  for (size_t i = 0; i < histogram.bin_count(); ++i) {
    // Zeros, which activations are full of, are exact at any scale.
    const bool zero = std::fabs(histogram.Center(i)) <= histogram.width() / 2;
    const auto n = zero ? 0.0 : static_cast<double>(histogram.count(i));
    if (histogram.Center(i) < range.low) {
      below += n;
    } else if (histogram.Center(i) > range.high) {
      above += n;
    } else {
      inside.push_back(n);
    }
  }
  if (inside.size() < kLevels) return std::numeric_limits<double>::infinity();
  std::vector<double> clipped = inside;
  clipped.front() += below;
  clipped.back() += above;
  double clipped_total = 0;
  double inside_total = 0;
  for (size_t i = 0; i < inside.size(); ++i) {
    clipped_total += clipped[i];
    inside_total += inside[i];
  }
  if (inside_total == 0) return std::numeric_limits<double>::infinity();
  double divergence = 0;
  for (size_t level = 0; level < kLevels; ++level) {
    const size_t first = level * inside.size() / kLevels;
    const size_t last = (level + 1) * inside.size() / kLevels;
    double held = 0;
    double filled = 0;
    for (size_t i = first; i < last; ++i) {
      held += inside[i];
      filled += clipped[i] > 0 ? 1 : 0;
    }
    // A bin that holds only what was clipped would diverge without bound.
    const double q = std::max(held, 1.0) / std::max(filled, 1.0) / inside_total;
    for (size_t i = first; i < last; ++i) {
      const double p = clipped[i] / clipped_total;
      if (p > 0) divergence += p * std::log(p / q);
    }
  }
  return divergence;
}

Range LeastDivergence(const Observer& observer) {
  const Range all = observer.range();
  Range best = all;
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kShares; ++i) {
    const double share = 1 - kShareStep * i;
    const Range range{all.low * share, all.high * share};
    const double divergence = Divergence(observer.histogram(), range);
    if (divergence >= least) continue;
    least = divergence;
    best = range;
  }
  return best;
}

}  // namespace

Result<RangeMethod> ParseRangeMethod(std::string_view text) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (text == kNames[i]) return static_cast<RangeMethod>(i);
  }
  const std::vector<std::string> names(kNames.begin(), kNames.end());
  return Fail(ErrorCode::kUsage, "--ranges is '", text, "'; the methods are auto, ",
              base::Join(names, ", "));
}

std::string_view NameOf(RangeMethod method) { return kNames[static_cast<size_t>(method)]; }

Range ChooseRange(const Observer& observer, RangeMethod method, tensor::DType dtype) {
  const tensor::IntegerLimits limits = *tensor::LimitsOf(dtype);
  switch (method) {
    case RangeMethod::kMinMax:
      break;
    case RangeMethod::kMovingAverage:
      return observer.moving_average();
    case RangeMethod::kPercentile:
      return Percentile(observer);
    case RangeMethod::kMse:
      return LeastSquares(observer, limits.high - limits.low + 1);
    case RangeMethod::kEntropy:
      return LeastDivergence(observer);
  }
  return observer.range();
}

Range ChooseInputRange(const Observer& observer, tensor::DType dtype) {
  constexpr int kCandidates = 16;
  constexpr double kStep = 0.001;
  const Range all = observer.range();
  Range best = all;
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kCandidates; ++i) {
    const double share = 1 + kStep * i;
    const Range range{all.low * share, all.high * share};
    const double error = MeanSquaredError(observer.histogram(), ParametersOf(range, dtype), dtype);
    if (error >= least) continue;
    least = error;
    best = range;
  }
  return best;
}

double MeanSquaredError(const Histogram& histogram, const tensor::Quantization& parameters,
                        tensor::DType dtype) {
  const Grid grid(parameters, dtype);
  double error = 0;
  for (size_t i = 0; i < histogram.bin_count(); ++i) {
    if (histogram.count(i) == 0) continue;
    const auto x = static_cast<float>(histogram.Center(i));
    const double difference = grid.Round(x) - x;
    error += static_cast<double>(histogram.count(i)) * difference * difference;
  }
  return histogram.total() == 0 ? 0 : error / static_cast<double>(histogram.total());
}

}  // namespace goldcrest::quantize
