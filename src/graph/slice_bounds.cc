#include "graph/slice_bounds.h"

#include <algorithm>
#include <utility>

namespace goldcrest::graph {
namespace {

bool Has(int64_t mask, size_t entry) { return entry < 32 && ((mask >> entry) & 1) != 0; }

// Entry `e` of the bounds, for dimension `d` of `size`.
Status Slice(const SliceBounds& bounds, size_t e, size_t d, int64_t size, StridedSlice& op) {
  const int64_t stride = bounds.stride[e];
  if (stride == 0) return Invalid("has a stride of 0");
  const bool shrinks = Has(bounds.shrink_axis_mask, e);
  const bool from_first = Has(bounds.begin_mask, e) || (stride > 0 && bounds.begin[e] == 0);
  const bool to_last = Has(bounds.end_mask, e);
  if (!shrinks && from_first && to_last && stride == 1) return {};  // whole
  if (size < 0) {
    return Fail(ErrorCode::kUnsupported, "a slice of dimension ", d, ", whose size is not known");
  }
  // Begin and end lie in [0, size], backwards in [-1, size - 1].
  const int64_t low = stride > 0 ? 0 : -1;
  auto place = [&](int64_t index) {
    return std::clamp(index < 0 ? index + size : index, low, low + size);
  };
  const int64_t begin = from_first ? (stride > 0 ? 0 : size - 1) : place(bounds.begin[e]);
  const int64_t end = to_last ? (stride > 0 ? size : -1) : place(bounds.end[e]);
  if (shrinks) {
    const int64_t index = bounds.begin[e] + (bounds.begin[e] < 0 ? size : 0);
    if (index < 0 || index >= size || stride < 0) {
      return Invalid("takes element ", bounds.begin[e], " of ", size);
    }
    op.begin[d] = index;
    op.size[d] = 1;
    op.dropped.push_back(static_cast<int64_t>(d));
    return {};
  }
  const int64_t length = stride > 0 ? end - begin : begin - end;
  // A stride beyond the dimension takes one element, whatever it is.
  const int64_t step = std::min(stride > 0 ? stride : -std::max(stride, -size - 1), size + 1);
  op.size[d] = std::max<int64_t>((length + step - 1) / step, 0);
  op.begin[d] = op.size[d] == 0 ? 0 : begin;
  op.stride[d] = stride > 0 ? step : -step;
  return {};
}

}  // namespace

Result<StridedSlice> SliceOf(const SliceBounds& bounds, const tensor::Shape& shape) {
  const size_t entries = bounds.begin.size();
  if (bounds.end.size() != entries || bounds.stride.size() != entries) {
    return Invalid("has ", entries, " begins, ", bounds.end.size(), " ends and ",
                   bounds.stride.size(), " strides");
  }
  StridedSlice op{.begin = std::vector<int64_t>(shape.size(), 0),
                  .size = std::vector<int64_t>(shape.size(), -1),
                  .stride = std::vector<int64_t>(shape.size(), 1)};
  size_t d = 0;
  bool passed_over = false;  // by an ellipsis
  for (size_t e = 0; e < entries; ++e) {
    if (Has(bounds.new_axis_mask, e)) {
      return Fail(ErrorCode::kUnsupported, "a slice with a new axis");
    }
    if (Has(bounds.ellipsis_mask, e)) {
      if (std::exchange(passed_over, true)) return Invalid("has two ellipses");
      const size_t left = entries - e - 1;
      if (shape.size() < d + left) break;
      d = shape.size() - left;
      continue;
    }
    if (d >= shape.size()) break;
    GOLDCREST_RETURN_IF_ERROR(Slice(bounds, e, d, shape[d], op));
    ++d;
  }
  if (entries > shape.size() + (passed_over ? 1 : 0)) {
    return Invalid("slices ", entries, " dimensions of ", shape.size());
  }
  return op;
}

}  // namespace goldcrest::graph
