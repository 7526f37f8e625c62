#include "quantize/observer.h"

#include <algorithm>
#include <limits>

namespace goldcrest::quantize {
namespace {

// Elements of one sample that are counted in the histogram: enough for the shape of any
// distribution, and no more time than the model itself takes.
constexpr size_t kMostCounted = 1 << 15;
constexpr double kMomentum = 0.9;

// The smallest odd step that counts few enough: even ones would meet the same channels only.
size_t StrideOf(size_t elements) { return (elements / kMostCounted) | 1; }

}  // namespace

Observer::Observer(size_t channels)
    : lows_(channels, std::numeric_limits<float>::infinity()),
      highs_(channels, -std::numeric_limits<float>::infinity()),
      sample_lows_(channels),
      sample_highs_(channels),
      poison_(channels) {}

Status Observer::Add(std::span<const float> elements) {
  const size_t channels = lows_.size();
  std::ranges::fill(sample_lows_, std::numeric_limits<float>::infinity());
  std::ranges::fill(sample_highs_, -std::numeric_limits<float>::infinity());
  std::ranges::fill(poison_, 0.0F);  // NaN where an element is no finite number
  float* lows = sample_lows_.data();
  float* highs = sample_highs_.data();
  float* poison = poison_.data();
  for (size_t first = 0; first + channels <= elements.size(); first += channels) {
    const float* x = elements.data() + first;
    for (size_t c = 0; c < channels; ++c) {
      lows[c] = x[c] < lows[c] ? x[c] : lows[c];
      highs[c] = x[c] > highs[c] ? x[c] : highs[c];
      poison[c] += x[c] * 0;
    }
  }
  const bool finite = std::ranges::all_of(poison_, [](float p) { return p == 0; });
  if (!finite) return Fail(ErrorCode::kInvalid, "holds NaN or infinite numbers");
  Range sample;
  for (size_t c = 0; c < channels; ++c) {
    sample = sample.Union({lows[c], highs[c]});
    lows_[c] = std::min(lows_[c], lows[c]);
    highs_[c] = std::max(highs_[c], highs[c]);
  }
  moving_average_ = empty_
                        ? sample
                        : Range{kMomentum * moving_average_.low + (1 - kMomentum) * sample.low,
                                kMomentum * moving_average_.high + (1 - kMomentum) * sample.high};
  empty_ = false;
  histogram_.Add(elements, StrideOf(elements.size()),
                 static_cast<float>(std::max(-sample.low, sample.high)));
  return {};
}

Range Observer::range() const {
  Range range;
  for (size_t c = 0; c < lows_.size(); ++c) range = range.Union({lows_[c], highs_[c]});
  return range;
}

}  // namespace goldcrest::quantize
