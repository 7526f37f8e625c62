// What is seen of a value while samples run through a model.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "quantize/histogram.h"

namespace goldcrest::quantize {

class Observer {
 public:
  explicit Observer(size_t channels);

  // The elements of one sample, channels last. An error where one is no finite number.
  Status Add(std::span<const float> elements);

  Range range() const;  // of all elements of all samples
  // The mean of the samples' smallest and largest elements, later ones weighing more (momentum
  // 0.9), as quantization-aware training follows them.
  const Range& moving_average() const { return moving_average_; }
  std::span<const float> channel_lows() const { return lows_; }
  std::span<const float> channel_highs() const { return highs_; }
  const Histogram& histogram() const { return histogram_; }

 private:
  std::vector<float> lows_, highs_;
  Range moving_average_;
  bool empty_ = true;
  Histogram histogram_;
  std::vector<float> sample_lows_, sample_highs_, poison_;  // of the sample being added
};

}  // namespace goldcrest::quantize
