// How often a value's elements have which size.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quantize/parameters.h"

namespace goldcrest::quantize {

// Bins of equal width around zero, in constant memory: the width is a power of two that doubles,
// pairs of bins becoming one, when an element does not fit. The order of elements changes nothing.
class Histogram {
 public:
  Histogram();
  // Of every `stride`-th element; all are finite.
  void Add(std::span<const float> elements, size_t stride, float largest_magnitude);

  uint64_t total() const { return total_; }
  double width() const { return width_; }
  size_t bin_count() const { return counts_.size(); }
  uint64_t count(size_t bin) const { return counts_[bin]; }
  // The middle of a bin.
  double Center(size_t bin) const {
    return (static_cast<double>(bin) - static_cast<double>(counts_.size()) / 2 + 0.5) * width_;
  }

 private:
  void Widen();

  std::vector<uint64_t> counts_;
  uint64_t total_ = 0;
  double width_ = 0;  // 0: nothing added yet
};

}  // namespace goldcrest::quantize
