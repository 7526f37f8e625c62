// Parts of values, and values side by side.
#include <algorithm>
#include <utility>

#include "formats/tensorflow/operators.h"
#include "graph/slice_bounds.h"

namespace goldcrest::formats::tensorflow {
namespace {

using graph::ValueId;
using tensor::Shape;

constexpr size_t kMostParts = 1024;

// All of a value of that rank, from which parts are then taken.
graph::StridedSlice Whole(size_t rank) {
  return {.begin = std::vector<int64_t>(rank, 0),
          .size = std::vector<int64_t>(rank, -1),
          .stride = std::vector<int64_t>(rank, 1)};
}

// An operator for each output: `sizes` elements along `axis`, one part behind the other.
Made AddParts(NodeContext& c, ValueId x, size_t axis, const std::vector<int64_t>& sizes,
              bool drop) {
  ValueId first = -1;
  int64_t begin = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    graph::StridedSlice op = Whole(c.ShapeOf(x).size());
    op.begin[axis] = begin;
    op.size[axis] = sizes[i];
    if (drop) op.dropped = {static_cast<int64_t>(axis)};
    begin += sizes[i];
    GOLDCREST_TRY(const ValueId part, c.Add(std::move(op), {x}, i == 0 ? "" : base::Cat(":", i)));
    if (i == 0) {
      first = part;
    } else {
      c.SetOutput(i, part);
    }
  }
  return first;
}

Result<size_t> OneAxis(const std::vector<int64_t>& said, size_t rank) {
  GOLDCREST_TRY(const auto axes, Axes(said, rank));
  if (axes.size() != 1) return Invalid("names ", axes.size(), " dimensions");
  return static_cast<size_t>(axes[0]);
}

// Those of SplitV; one of them may be -1: whatever is left.
Status CompleteSizes(std::vector<int64_t>& sizes, int64_t whole) {
  int64_t rest = whole;
  for (int64_t size : sizes) {
    if (size < -1 || size > whole) return Invalid("a part of ", size, " of ", whole);
    rest -= size == -1 ? 0 : size;
  }
  for (int64_t& size : sizes) {
    if (size == -1) size = std::exchange(rest, 0);
    if (size < 0) return Invalid("the parts are more than ", whole);
  }
  return {};
}

}  // namespace

Made SliceValue(NodeContext& c) {
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  graph::SliceBounds bounds;
  GOLDCREST_TRY(bounds.begin, c.NumbersOf(1));
  GOLDCREST_TRY(bounds.end, c.NumbersOf(2));
  GOLDCREST_TRY(bounds.stride, c.NumbersOf(3));
  const Attributes& a = c.attributes();
  GOLDCREST_TRY(bounds.begin_mask, a.Integer("begin_mask", 0));
  GOLDCREST_TRY(bounds.end_mask, a.Integer("end_mask", 0));
  GOLDCREST_TRY(bounds.ellipsis_mask, a.Integer("ellipsis_mask", 0));
  GOLDCREST_TRY(bounds.new_axis_mask, a.Integer("new_axis_mask", 0));
  GOLDCREST_TRY(bounds.shrink_axis_mask, a.Integer("shrink_axis_mask", 0));
  GOLDCREST_TRY(auto op, graph::SliceOf(bounds, c.ShapeOf(x)));
  return c.Add(std::move(op), {x});
}

Made ImportSlice(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(3, 3));
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  GOLDCREST_TRY(const auto begin, c.NumbersOf(1));
  GOLDCREST_TRY(const auto size, c.NumbersOf(2));
  const Shape& shape = c.ShapeOf(x);
  if (begin.size() != shape.size() || size.size() != shape.size()) {
    return Invalid("slices ", begin.size(), " dimensions of ", shape.size());
  }
  graph::StridedSlice op = Whole(shape.size());
  for (size_t d = 0; d < shape.size(); ++d) {
    if (begin[d] == 0 && (size[d] == -1 || size[d] == shape[d])) continue;
    if (shape[d] < 0 && size[d] == -1) {
      return Fail(ErrorCode::kUnsupported,
                  "takes the rest of a dimension whose size the graph leaves open; state it with "
                  "--input-shapes");
    }
    op.begin[d] = begin[d];
    op.size[d] = size[d] == -1 ? shape[d] - begin[d] : size[d];
  }
  return c.Add(std::move(op), {x});
}

// Split names its axis first, SplitV last.
Made ImportSplit(NodeContext& c) {
  const bool equal = c.Is("Split");
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(equal ? 2 : 3, equal ? 2 : 3));
  GOLDCREST_TRY(const ValueId x, c.Value(equal ? 1 : 0));
  const Shape& shape = c.ShapeOf(x);
  GOLDCREST_TRY(const auto said, c.NumbersOf(equal ? 0 : 2));
  GOLDCREST_TRY(const size_t axis, OneAxis(said, shape.size()));
  const int64_t whole = shape[axis];
  GOLDCREST_TRY(const int64_t count, c.attributes().Integer("num_split", 1));
  if (count < 1 || count > static_cast<int64_t>(kMostParts) || whole < 0) {
    return Invalid("makes ", count, " parts of ", whole);
  }
  std::vector<int64_t> sizes(static_cast<size_t>(count), whole / count);
  if (equal && whole % count != 0) return Invalid("makes ", count, " parts of ", whole);
  if (!equal) {
    GOLDCREST_TRY(sizes, c.NumbersOf(1));
    if (sizes.empty() || sizes.size() > kMostParts)
      return Invalid("makes ", sizes.size(), " parts");
    GOLDCREST_RETURN_IF_ERROR(CompleteSizes(sizes, whole));
  }
  return AddParts(c, x, axis, sizes, false);
}

Made ImportUnpack(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  GOLDCREST_TRY(const int64_t said, c.attributes().Integer("axis", 0));
  GOLDCREST_TRY(const size_t axis, OneAxis({said}, c.ShapeOf(x).size()));
  const int64_t count = c.ShapeOf(x)[axis];
  if (count < 1 || count > static_cast<int64_t>(kMostParts)) {
    return Invalid("makes ", count, " parts");
  }
  return AddParts(c, x, axis, std::vector<int64_t>(static_cast<size_t>(count), 1), true);
}

// Each with one dimension more, side by side.
Made PackValues(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, kMostParts));
  GOLDCREST_TRY(const int64_t said, c.attributes().Integer("axis", 0));
  std::vector<ValueId> parts;
  size_t axis = 0;
  for (size_t i = 0; i < c.input_count(); ++i) {
    GOLDCREST_TRY(const ValueId x, c.Value(i));
    Shape shape = c.ShapeOf(x);
    if (i == 0) {
      GOLDCREST_TRY(axis, OneAxis({said}, shape.size() + 1));
    }
    if (axis > shape.size()) return Invalid("packs values of several ranks");
    shape.insert(shape.begin() + static_cast<ptrdiff_t>(axis), 1);
    if (std::ranges::count(shape, -1) > 1) {
      return Fail(ErrorCode::kUnsupported, "packs values of the shape ",
                  tensor::ToString(c.ShapeOf(x)),
                  "; state the sizes that the graph leaves open with --input-shapes");
    }
    GOLDCREST_TRY(const ValueId part,
                  c.Add(graph::Reshape{std::move(shape)}, {x}, base::Cat("/part_", i)));
    parts.push_back(part);
  }
  return c.Add(graph::Concatenation{static_cast<int64_t>(axis)}, std::move(parts));
}

}  // namespace goldcrest::formats::tensorflow
