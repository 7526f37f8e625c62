#include "quantize/histogram.h"

#include <limits>

namespace goldcrest::quantize {
namespace {

constexpr size_t kBins = 4096;
constexpr size_t kHalf = kBins / 2;

}  // namespace

Histogram::Histogram() : counts_(kBins, 0) {}

void Histogram::Widen() {
  std::vector<uint64_t> wider(kBins, 0);
  for (size_t i = 0; i < kBins; ++i) wider[kHalf / 2 + i / 2] += counts_[i];
  counts_ = std::move(wider);
  width_ *= 2;
}

void Histogram::Add(std::span<const float> elements, size_t stride, float largest_magnitude) {
  constexpr double kLeastWidth = std::numeric_limits<float>::min();
  if (width_ == 0) width_ = kLeastWidth;
  const double needed = static_cast<double>(largest_magnitude) / (kHalf - 1);
  if (total_ == 0) {
    while (width_ < needed) width_ *= 2;
  }
  while (width_ < needed) Widen();
  const auto per_unit = static_cast<float>(1 / width_);
  for (size_t i = 0; i < elements.size(); i += stride) {
    // Cut off, not rounded: the sum is positive, and at most kBins - 1.
    ++counts_[static_cast<uint32_t>(elements[i] * per_unit + static_cast<float>(kHalf))];
  }
  total_ += (elements.size() + stride - 1) / stride;
}

}  // namespace goldcrest::quantize
