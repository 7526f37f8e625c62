// What an operator's padding means, in zeros counted.
#pragma once

#include <cstdint>

#include "graph/ops.h"

namespace goldcrest::graph {

// Zeros around a picture, counted.
struct PaddingCounts {
  int64_t top = 0, bottom = 0, left = 0, right = 0;
  bool operator==(const PaddingCounts&) const = default;
};

// What `attributes.padding` means for a picture of h x w under a kernel of kernel_h x kernel_w.
PaddingCounts ResolvePadding(const ConvolutionAttributes& attributes, int64_t h, int64_t w,
                             int64_t kernel_h, int64_t kernel_w);

// A pool's window as that of a convolution.
ConvolutionAttributes WindowOf(const PoolAttributes& pool);

}  // namespace goldcrest::graph
