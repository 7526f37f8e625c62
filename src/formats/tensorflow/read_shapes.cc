// What moves elements, or goes over whole dimensions.
#include <algorithm>
#include <set>

#include "formats/tensorflow/data_types.h"
#include "formats/tensorflow/operators.h"

namespace goldcrest::formats::tensorflow {
namespace {

using graph::ValueId;
using tensor::Shape;

// The shape of what input 0 is.
Result<Shape> InputShape(NodeContext& c) {
  GOLDCREST_TRY(const Operand* input, c.Input(0));
  if (const auto* floats = std::get_if<Floats>(input)) return floats->shape;
  if (const auto* integers = std::get_if<Integers>(input)) return integers->shape;
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  return c.ShapeOf(x);
}

// Input 0 in another shape of as many elements; of a value one dimension may be -1.
Made Reshaped(NodeContext& c, Shape shape) {
  if (c.IsFloats(0) || c.IsIntegers(0)) {
    GOLDCREST_TRY(const Shape from, InputShape(c));
    const auto count = tensor::ElementCount(from);
    if (auto open = std::ranges::find(shape, -1); open != shape.end()) {
      *open = 1;
      const auto others = tensor::ElementCount(shape);
      *open = count && others && *others > 0 ? *count / *others : 0;
    }
    if (!count || tensor::ElementCount(shape) != count) {
      return Invalid("a constant of shape ", tensor::ToString(from), " cannot take the shape ",
                     tensor::ToString(shape));
    }
    GOLDCREST_TRY(const Operand* input, c.Input(0));
    if (const auto* integers = std::get_if<Integers>(input)) {
      return Integers{std::move(shape), integers->elements};
    }
    return Floats{std::move(shape), std::get<Floats>(*input).bytes};
  }
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  if (std::ranges::count(shape, -1) > 1) {
    return Fail(ErrorCode::kUnsupported, "makes the shape ", tensor::ToString(shape),
                "; state the sizes that the graph leaves open with --input-shapes");
  }
  return c.Add(graph::Reshape{std::move(shape)}, {x});
}

// What a target shape says of a value of shape `from`. An unknown dimension may stand for -1, or
// beside a -1 where it is the value's own first one, which is the only one that it leaves open.
Result<Shape> TargetShape(const Integers& target, ValueId x, const Shape& from) {
  Shape shape = target.elements;
  const auto open = std::ranges::count(shape, -1);
  const auto unknown = std::ranges::count_if(shape, IsUnknown);
  if (unknown == 0) return shape;
  if (unknown == 1 && open == 0) {
    *std::ranges::find_if(shape, IsUnknown) = -1;
    return shape;
  }
  const bool batch = unknown == 1 && open == 1 && !from.empty() && from[0] == -1 &&
                     std::ranges::count(from, -1) == 1 &&
                     *std::ranges::find_if(shape, IsUnknown) == UnknownDimension(x, 0);
  if (!batch) {
    return Fail(ErrorCode::kUnsupported,
                "its shape depends on sizes that the graph leaves open; "
                "state them with --input-shapes");
  }
  auto product = [](Shape s) {
    std::erase_if(s, [](int64_t d) { return d == -1 || IsUnknown(d); });
    return tensor::ElementCount(s);
  };
  const auto all = product(from);
  const auto others = product(shape);
  if (!all || !others || *others == 0 || *all % *others != 0) {
    return Invalid("a value of shape ", tensor::ToString(from), " cannot take its shape");
  }
  std::ranges::replace(shape, -1, *all / *others);
  *std::ranges::find_if(shape, IsUnknown) = -1;
  return shape;
}

}  // namespace

Result<std::vector<int64_t>> Axes(const std::vector<int64_t>& said, size_t rank) {
  std::set<int64_t> axes;
  for (int64_t axis : said) {
    const int64_t at = axis < 0 ? axis + static_cast<int64_t>(rank) : axis;
    if (at < 0 || at >= static_cast<int64_t>(rank)) {
      return Invalid("the axis ", axis, " of ", rank, " dimensions");
    }
    axes.insert(at);
  }
  return std::vector<int64_t>(axes.begin(), axes.end());
}

Made ImportReshape(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_TRY(const Integers target, c.IntegersOf(1));
  GOLDCREST_TRY(const Shape from, InputShape(c));
  if (target.shape.size() > 1 || target.elements.size() > 8) {
    return Invalid("its shape has the shape ", tensor::ToString(target.shape));
  }
  ValueId x = 0;
  if (c.IsValue(0)) {
    GOLDCREST_TRY(x, c.Value(0));
  }
  GOLDCREST_TRY(Shape shape, TargetShape(target, x, from));
  return Reshaped(c, std::move(shape));
}

Made ImportSqueeze(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const auto said, c.attributes().Integers("squeeze_dims", {}));
  GOLDCREST_TRY(const Shape from, InputShape(c));
  GOLDCREST_TRY(std::vector<int64_t> axes, Axes(said, from.size()));
  Shape shape;
  for (size_t d = 0; d < from.size(); ++d) {
    const bool named = std::ranges::binary_search(axes, static_cast<int64_t>(d));
    if (named && from[d] > 1) return Invalid("drops a dimension of ", from[d]);
    const bool dropped = said.empty() ? from[d] == 1 : named;
    if (!dropped) shape.push_back(from[d]);
  }
  return Reshaped(c, std::move(shape));
}

Made ImportExpandDims(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_TRY(Shape shape, InputShape(c));
  GOLDCREST_TRY(const auto said, c.NumbersOf(1));
  GOLDCREST_TRY(const auto axes, Axes(said, shape.size() + 1));
  if (axes.size() != 1) return Invalid("names ", axes.size(), " dimensions");
  shape.insert(shape.begin() + static_cast<ptrdiff_t>(axes[0]), 1);
  return Reshaped(c, std::move(shape));
}

Made ImportPad(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 3));
  if (c.input_count() == 3) {
    GOLDCREST_TRY(const auto with, c.FloatVectorOf(2, 1));
    if (with[0] != 0) {
      return Fail(ErrorCode::kUnsupported, "pads with ", with[0], "; only zeros are read");
    }
  }
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  GOLDCREST_TRY(const Integers counts, c.IntegersOf(1));
  const size_t rank = c.ShapeOf(x).size();
  if (counts.shape != Shape{static_cast<int64_t>(rank), 2}) {
    return Invalid("the paddings of ", rank, " dimensions have the shape ",
                   tensor::ToString(counts.shape));
  }
  graph::Pad op;
  for (size_t d = 0; d < rank; ++d) {
    op.before.push_back(counts.elements[2 * d]);
    op.after.push_back(counts.elements[2 * d + 1]);
  }
  return c.Add(std::move(op), {x});
}

Made ImportMean(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  GOLDCREST_TRY(const auto said, c.NumbersOf(1));
  graph::Mean op;
  GOLDCREST_TRY(op.axes, Axes(said, c.ShapeOf(x).size()));
  GOLDCREST_TRY(op.keep_dims, c.attributes().Flag("keep_dims", false));
  return c.Add(std::move(op), {x});
}

Made ImportReduction(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  GOLDCREST_TRY(const auto said, c.NumbersOf(1));
  graph::Reduce op{.reduction = c.Is("Sum")   ? graph::Reduction::kSum
                                : c.Is("Max") ? graph::Reduction::kLargest
                                : c.Is("Min") ? graph::Reduction::kSmallest
                                              : graph::Reduction::kProduct};
  GOLDCREST_TRY(op.axes, Axes(said, c.ShapeOf(x).size()));
  GOLDCREST_TRY(op.keep_dims, c.attributes().Flag("keep_dims", false));
  return c.Add(std::move(op), {x});
}

Made ImportArgMax(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  GOLDCREST_TRY(const auto said, c.NumbersOf(1));
  GOLDCREST_TRY(const auto axes, Axes(said, c.ShapeOf(x).size()));
  GOLDCREST_TRY(const int32_t type, c.attributes().Type("output_type", kInt64));
  if (axes.size() != 1) return Invalid("names ", axes.size(), " dimensions");
  if (type != kInt32 && type != kInt64) return Invalid("gives ", NameOfType(type));
  const tensor::DType dtype = type == kInt32 ? tensor::DType::kInt32 : tensor::DType::kInt64;
  return c.Add(graph::ArgMax{axes[0], dtype, c.Is("ArgMin")}, {x});
}

Made ImportTranspose(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  GOLDCREST_TRY(auto permutation, c.NumbersOf(1));
  return c.Add(graph::Transpose{std::move(permutation)}, {x});
}

// ConcatV2 names its axis last, Concat first.
Made ImportConcat(NodeContext& c) {
  constexpr size_t kMostParts = 1024;
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, kMostParts));
  const bool last = c.Is("ConcatV2");
  const size_t first_part = last ? 0 : 1;
  const size_t end = c.input_count() - (last ? 1 : 0);
  if (c.IsIntegers(first_part)) return JoinIntegers(c, first_part, end);
  GOLDCREST_TRY(const auto said, c.NumbersOf(last ? end : 0));
  std::vector<ValueId> parts;
  for (size_t i = first_part; i < end; ++i) {
    GOLDCREST_TRY(const ValueId part, c.Value(i));
    parts.push_back(part);
  }
  GOLDCREST_TRY(const auto axes, Axes(said, c.ShapeOf(parts[0]).size()));
  if (axes.size() != 1) return Invalid("joins along ", axes.size(), " dimensions");
  return c.Add(graph::Concatenation{axes[0]}, std::move(parts));
}

}  // namespace goldcrest::formats::tensorflow
