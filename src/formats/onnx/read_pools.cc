// Pools, and means over whole dimensions.
#include <algorithm>
#include <type_traits>

#include "formats/onnx/operators.h"
#include "formats/onnx/window.h"

namespace goldcrest::formats::onnx {
namespace {

using graph::ValueId;
using tensor::Shape;

// A pool's window over a picture of the graph, with the zeros around it counted: those that the
// attributes state, and what the last window takes of nothing with 'ceil_mode'.
struct PoolWindow {
  Window window;
  int64_t extra_h = 0, extra_w = 0;  // below and to the right
  graph::PoolAttributes op;          // without padding

  bool padded() const {
    const graph::Padding& p = window.padding;
    return p.top + p.bottom + p.left + p.right + extra_h + extra_w > 0;
  }
};

Result<PoolWindow> PoolOf(NodeContext& c, const Shape& x) {
  PoolWindow pool;
  GOLDCREST_TRY(pool.window, WindowOf(c, 0, 0, x[1], x[2]));
  const Window& w = pool.window;
  if (w.dilation_h != 1 || w.dilation_w != 1) {
    return Fail(ErrorCode::kUnsupported, "a pool with a dilation of ", w.dilation_h, " x ",
                w.dilation_w);
  }
  GOLDCREST_TRY(const int64_t ceil_mode, c.attributes().Integer("ceil_mode", 0));
  pool.op.filter_h = w.kernel_h;
  pool.op.filter_w = w.kernel_w;
  pool.op.stride_h = w.stride_h;
  pool.op.stride_w = w.stride_w;
  if (ceil_mode == 0 || w.padding.kind == graph::PaddingKind::kSame) return pool;
  if (x[1] < 0 || x[2] < 0) {
    return Fail(ErrorCode::kUnsupported,
                "its padding depends on the picture's size; state it with --input-shapes");
  }
  auto extra = [](int64_t size, int64_t kernel, int64_t stride, int64_t before, int64_t after) {
    const int64_t count = OutputSize(size, kernel, stride, 1, before, after, true);
    return std::max<int64_t>((count - 1) * stride + kernel - size - before - after, 0);
  };
  pool.extra_h = extra(x[1], w.kernel_h, w.stride_h, w.padding.top, w.padding.bottom);
  pool.extra_w = extra(x[2], w.kernel_w, w.stride_w, w.padding.left, w.padding.right);
  return pool;
}

// Whether SAME puts as many around a picture of that size.
bool IsSame(const PoolWindow& pool, const Shape& x) {
  if (pool.window.padding.kind == graph::PaddingKind::kSame) return true;
  if (x[1] < 0 || x[2] < 0) return false;
  graph::ConvolutionAttributes same = graph::WindowOf(pool.op);
  same.padding.kind = graph::PaddingKind::kSame;
  const graph::Padding& p = pool.window.padding;
  return graph::ResolvePadding(same, x[1], x[2], pool.op.filter_h, pool.op.filter_w) ==
         graph::PaddingCounts{p.top, p.bottom + pool.extra_h, p.left, p.right + pool.extra_w};
}

// The picture with zeros around.
Result<ValueId> Padded(NodeContext& c, const PoolWindow& pool, ValueId x) {
  const graph::Padding& p = pool.window.padding;
  graph::Pad op{{0, p.top, p.left, 0}, {0, p.bottom + pool.extra_h, p.right + pool.extra_w, 0}};
  return c.Move(std::move(op), x, "/padded");
}

Result<ValueId> Picture(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const Placed x, c.Value(0));
  if (x.shape.size() != 4) {
    return Fail(ErrorCode::kUnsupported, "a pool over ", tensor::ToString(x.shape),
                "; pictures, of four dimensions, are read");
  }
  return c.Arranged(x, ChannelsLast());
}

// Whether x is of integers, and the node's result is wanted in their form.
bool KeepsItsForm(NodeContext& c, ValueId x) {
  const std::optional<IntegerForm> wanted = c.IsInteger(x) ? c.Wanted() : std::nullopt;
  const graph::Value& value = c.graph().value(x);
  return wanted && *wanted == IntegerForm{value.dtype, value.quantization};
}

// `op` (a mean or the like) over `axes` of the file's tensor.
template <class Op>
Made AddReduction(NodeContext& c, Op op, const Placed& placed, const std::vector<size_t>& axes,
                  bool keep_dims) {
  GOLDCREST_TRY(const Placed x, c.Settled(placed));
  op.keep_dims = keep_dims;
  Order order;
  for (size_t d = 0; d < x.order.size(); ++d) {
    const bool goes = std::ranges::binary_search(axes, x.order[d]);
    if (goes) op.axes.push_back(static_cast<int64_t>(d));
    if (goes && !keep_dims) continue;
    const auto before = std::ranges::lower_bound(axes, x.order[d]) - axes.begin();
    order.push_back(x.order[d] - (keep_dims ? 0 : static_cast<size_t>(before)));
  }
  ValueId id = x.id;
  if constexpr (std::is_same_v<Op, graph::Mean>) {
    GOLDCREST_TRY(id, c.Compute(std::move(op), {id}, ResultForm::kFree));
  } else {
    GOLDCREST_TRY(id, c.Real(id));
    GOLDCREST_TRY(id, c.Append(std::move(op), {id}));
  }
  return c.In(order, id);
}

template <class Op>
Made ImportReduction(NodeContext& c, Op op) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 2));
  GOLDCREST_TRY(Placed x, c.Value(0));
  GOLDCREST_TRY(const auto said, StatedAxes(c, 1, {}));
  GOLDCREST_TRY(std::vector<size_t> axes, AxesOf(said, x.shape.size()));
  GOLDCREST_TRY(const int64_t keep_dims, c.attributes().Integer("keepdims", 1));
  GOLDCREST_TRY(const int64_t none_is_none, c.attributes().Integer("noop_with_empty_axes", 0));
  if (axes.empty()) {
    if (none_is_none != 0) return x;
    axes = Straight(x.shape.size());
  }
  return AddReduction(c, std::move(op), x, axes, keep_dims != 0);
}

}  // namespace

Made ImportMaxPool(NodeContext& c) {
  GOLDCREST_TRY(ValueId x, Picture(c));
  const Shape shape = c.ShapeOfValue(x);
  GOLDCREST_TRY(const PoolWindow pool, PoolOf(c, shape));
  graph::MaxPool2D op{pool.op};
  if (IsSame(pool, shape)) {
    op.padding.kind = graph::PaddingKind::kSame;
  } else if (pool.padded()) {
    if (!IsNeverNegative(c.import(), x)) {
      return Fail(ErrorCode::kUnsupported,
                  "its windows reach over the picture's edge otherwise than SAME has it; that is "
                  "read after a Relu or Clip only");
    }
    GOLDCREST_TRY(x, Padded(c, pool, x));
  }
  GOLDCREST_TRY(const ValueId id, c.Compute(op, {x}, ResultForm::kSame));
  return c.In(ChannelsLast(), id);
}

Made ImportAveragePool(NodeContext& c) {
  GOLDCREST_TRY(ValueId x, Picture(c));
  const Shape shape = c.ShapeOfValue(x);
  GOLDCREST_TRY(const PoolWindow pool, PoolOf(c, shape));
  GOLDCREST_TRY(const int64_t zeros_count, c.attributes().Integer("count_include_pad", 0));
  // The average of integers has their scale; where another is wanted reals are averaged.
  if (!KeepsItsForm(c, x)) {
    GOLDCREST_TRY(x, c.Real(x));
  }
  graph::AveragePool2D op{pool.op};
  if (zeros_count == 0 && IsSame(pool, shape)) {
    op.padding.kind = graph::PaddingKind::kSame;
  } else if (pool.padded() || pool.window.padding.kind == graph::PaddingKind::kSame) {
    const bool counted = zeros_count != 0 && pool.extra_h + pool.extra_w == 0 &&
                         pool.window.padding.kind != graph::PaddingKind::kSame;
    if (!counted) {
      return Fail(ErrorCode::kUnsupported,
                  "its windows reach over the picture's edge otherwise than SAME has it; that is "
                  "read with count_include_pad and without ceil_mode only");
    }
    GOLDCREST_TRY(x, Padded(c, pool, x));
  }
  GOLDCREST_TRY(const ValueId id, c.Compute(op, {x}, ResultForm::kSame));
  return c.In(ChannelsLast(), id);
}

Made ImportGlobalAveragePool(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const Placed x, c.Value(0));
  if (x.shape.size() < 3) return Invalid("a pool over ", tensor::ToString(x.shape));
  const bool sized = x.shape.size() == 4 && x.shape[2] > 0 && x.shape[3] > 0;
  if (sized && KeepsItsForm(c, x.id)) {
    graph::AveragePool2D op;
    op.filter_h = op.stride_h = x.shape[2];
    op.filter_w = op.stride_w = x.shape[3];
    GOLDCREST_TRY(const ValueId picture, c.Arranged(x, ChannelsLast()));
    GOLDCREST_TRY(const ValueId id, c.Compute(op, {picture}, ResultForm::kSame));
    return c.In(ChannelsLast(), id);
  }
  std::vector<size_t> axes;
  for (size_t axis = 2; axis < x.shape.size(); ++axis) axes.push_back(axis);
  return AddReduction(c, graph::Mean{}, x, axes, true);
}

Made ImportGlobalMaxPool(NodeContext& c) {
  GOLDCREST_TRY(const ValueId x, Picture(c));
  const Shape& shape = c.ShapeOfValue(x);
  if (shape[1] < 1 || shape[2] < 1) {
    return Fail(ErrorCode::kUnsupported,
                "its window depends on the picture's size; state it with --input-shapes");
  }
  graph::MaxPool2D op;
  op.filter_h = op.stride_h = shape[1];
  op.filter_w = op.stride_w = shape[2];
  GOLDCREST_TRY(const ValueId id, c.Compute(op, {x}, ResultForm::kSame));
  return c.In(ChannelsLast(), id);
}

Made ImportReduceMean(NodeContext& c) { return ImportReduction(c, graph::Mean{}); }

Made ImportReduceMax(NodeContext& c) {
  return ImportReduction(c, graph::Reduce{graph::Reduction::kLargest, {}, false});
}

Made ImportReduceMin(NodeContext& c) {
  return ImportReduction(c, graph::Reduce{graph::Reduction::kSmallest, {}, false});
}

Made ImportReduceSum(NodeContext& c) {
  return ImportReduction(c, graph::Reduce{graph::Reduction::kSum, {}, false});
}

// Where the largest is; the first of equals.
Made ImportArgMax(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_RETURN_IF_ERROR(c.attributes().Expect("select_last_index", 0));
  GOLDCREST_TRY(const Placed placed, c.Value(0));
  GOLDCREST_TRY(const int64_t said, c.attributes().Integer("axis", 0));
  GOLDCREST_TRY(const size_t axis, AxisOf(said, placed.shape.size()));
  GOLDCREST_TRY(const int64_t keep_dims, c.attributes().Integer("keepdims", 1));
  GOLDCREST_TRY(const Placed x, c.Settled(placed));
  graph::ArgMax op;
  op.smallest = c.Is("ArgMin");
  Order order;
  for (size_t d = 0; d < x.order.size(); ++d) {
    if (x.order[d] == axis) {
      op.axis = static_cast<int64_t>(d);
    } else {
      order.push_back(x.order[d] - (x.order[d] > axis ? 1 : 0));
    }
  }
  GOLDCREST_TRY(const ValueId id, c.Append(op, {x.id}));
  Placed made = c.In(order, id);
  made.real = false;
  if (keep_dims != 0) made.shape.insert(made.shape.begin() + static_cast<ptrdiff_t>(axis), 1);
  return made;
}

}  // namespace goldcrest::formats::onnx
