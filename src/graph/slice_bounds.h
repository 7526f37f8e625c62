// Slices as TensorFlow writes them: begin, end and stride of leading dimensions, with masks.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "graph/ops.h"
#include "tensor/shape.h"

namespace goldcrest::graph {

// Bit i of a mask is about entry i of the lists. Negative begins and ends count from the end;
// dimensions without an entry are taken whole.
struct SliceBounds {
  std::vector<int64_t> begin, end, stride;
  int64_t begin_mask = 0, end_mask = 0;  // from the very first, to the very last
  int64_t ellipsis_mask = 0;             // as many whole dimensions as are left
  int64_t new_axis_mask = 0;             // a dimension of one that x lacks: is refused
  int64_t shrink_axis_mask = 0;          // the element at begin, and the dimension goes
};

// What they mean for a tensor of that shape; an error where they do not fit it, or hang on a
// dimension that is not known.
Result<StridedSlice> SliceOf(const SliceBounds& bounds, const tensor::Shape& shape);

}  // namespace goldcrest::graph
