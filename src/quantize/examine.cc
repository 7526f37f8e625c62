#include "quantize/examine.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace goldcrest::quantize {
namespace {

constexpr int64_t kFewSamples = 32;
// Neighbouring pixels of photographs correlate by 0.8 and more, of noise by 0.
constexpr double kLeastCorrelation = 0.3;
// Beyond the values that the model takes, by this share of their span, nothing goes by rounding.
constexpr double kTolerance = 0.25;

uint64_t HashOf(std::span<const float> elements) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (float x : elements) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    hash = (hash ^ bits) * 0x100000001b3;
  }
  return hash;
}

// Of pixels and their right neighbours, over all channels; none where all are equal.
std::optional<double> NeighbourCorrelation(std::span<const float> x,
                                           std::span<const int64_t> shape) {
  const auto width = static_cast<size_t>(shape[2]);
  const auto channels = static_cast<size_t>(shape[3]);
  const size_t row = width * channels;
  double count = 0;
  std::array<double, 5> sums{};  // a, b, a², b², ab
  for (size_t first = 0; first + row <= x.size(); first += row) {
    for (size_t i = first; i + channels < first + row; ++i) {
      const double a = x[i];
      const double b = x[i + channels];
      const std::array<double, 5> terms = {a, b, a * a, b * b, a * b};
      for (size_t k = 0; k < sums.size(); ++k) sums[k] += terms[k];
      ++count;
    }
  }
  if (count == 0) return std::nullopt;
  const double variance_a = sums[2] / count - sums[0] / count * (sums[0] / count);
  const double variance_b = sums[3] / count - sums[1] / count * (sums[1] / count);
  const double covariance = sums[4] / count - sums[0] / count * (sums[1] / count);
  const double scale = std::sqrt(variance_a * variance_b);
  if (!(scale > 1e-9)) return std::nullopt;
  return covariance / scale;
}

std::optional<Range> ExpectedRange(const std::optional<tensor::InputContract>& contract) {
  if (!contract) return std::nullopt;
  std::array<double, 3> mean;
  std::array<double, 3> std;
  tensor::MeanAndStd(contract->normalization, mean, std);
  constexpr double kWhite = 255;
  Range range{-mean[0] / std[0], (kWhite - mean[0]) / std[0]};
  for (size_t c = 1; c < mean.size(); ++c) {
    range = range.Union({-mean[c] / std[c], (kWhite - mean[c]) / std[c]});
  }
  return range;
}

std::string InWords(double low, double high) {
  // Three decimals at most, and zeros have no sign.
  auto rounded = [](double x) { return static_cast<float>(std::round(x * 1000) / 1000) + 0.0F; };
  return base::Cat(rounded(low), " to ", rounded(high));
}

// The class that all are of; -1 where they are of several, or not known.
int64_t OnlyClass(const std::vector<int64_t>& classes) {
  const bool same = std::ranges::all_of(classes, [&](int64_t c) { return c == classes.front(); });
  return classes.size() > 1 && same ? classes.front() : -1;
}

}  // namespace

Examiner::Examiner(const std::optional<tensor::InputContract>& contract)
    : expected_(ExpectedRange(contract)) {}

void Examiner::Add(std::span<const float> elements, std::span<const int64_t> shape, int64_t label,
                   int64_t best) {
  const uint64_t hash = HashOf(elements);
  if (count_ == 0) first_hash_ = hash;
  all_same_ = all_same_ && hash == first_hash_;
  const auto [least, most] = std::ranges::minmax(elements);
  lowest_ = count_ == 0 ? least : std::min<double>(lowest_, least);
  seen_ = seen_.Union({least, most});
  ++count_;
  labels_.push_back(label);
  bests_.push_back(best);
  if (shape.size() != 4) return;
  if (std::optional<double> correlation = NeighbourCorrelation(elements, shape)) {
    ++pictures_;
    if (*correlation < kLeastCorrelation) ++noise_;
  }
}

std::vector<std::string> Examiner::Warnings() const {
  std::vector<std::string> warnings;
  if (count_ == 0) return warnings;
  if (count_ < kFewSamples) {
    warnings.push_back(base::Cat("calibrated on ", count_, count_ == 1 ? " sample" : " samples",
                                 " only; about 100 show what the model will see"));
  }
  if (all_same_ && count_ > 1) {
    warnings.push_back(
        base::Cat("all ", count_, " calibration samples are the same; take different pictures"));
  }
  if (2 * noise_ > pictures_) {
    warnings.emplace_back(
        "the calibration samples look like noise: neighbouring pixels have nothing to do with each "
        "other; ranges measured on noise are wrong for pictures: calibrate on real ones");
  }
  if (expected_) {
    const double span = expected_->high - expected_->low;
    const bool beyond = seen_.high > expected_->high + kTolerance * span ||
                        lowest_ < expected_->low - kTolerance * span;
    const bool upper_half = expected_->low < 0 && lowest_ >= 0 && count_ > 1;
    const bool tiny = seen_.high - lowest_ < 0.05 * span && !all_same_;
    if (beyond || upper_half || tiny) {
      warnings.push_back(base::Cat(
          "the calibration samples hold values from ", InWords(lowest_, seen_.high),
          ", but the model takes pictures as ", InWords(expected_->low, expected_->high),
          "; bring the samples into that range, or say with --normalize what the model takes"));
    }
  }
  const bool labelled = OnlyClass(labels_) >= 0;
  if (!all_same_ && (labelled || OnlyClass(bests_) >= 0)) {
    warnings.push_back(
        base::Cat("all calibration samples ",
                  labelled ? "are of one class" : "are the same class in the model's eyes",
                  "; take some of every class, or ranges will be too narrow for the others"));
  }
  return warnings;
}

}  // namespace goldcrest::quantize
