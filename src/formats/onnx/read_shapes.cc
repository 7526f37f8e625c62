// What moves elements, or only says by which shape they are known.
#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

#include "formats/onnx/operators.h"

namespace goldcrest::formats::onnx {
namespace {

using graph::ValueId;
using tensor::Shape;

constexpr size_t kMostDimensions = 8;

// Input 0 known by another shape.
Made Reshaped(NodeContext& c, Shape shape) {
  if (shape.size() > kMostDimensions) {
    return Fail(ErrorCode::kUnsupported, "a shape of ", shape.size(), " dimensions");
  }
  GOLDCREST_TRY(const Operand* input, c.Input(0));
  if (const auto* placed = std::get_if<Placed>(input)) {
    Placed made = *placed;
    made.shape = std::move(shape);
    return made;
  }
  if (const auto* array = std::get_if<Array>(input)) return WithShape(*array, std::move(shape));
  Integers integers = std::get<Integers>(*input);
  if (tensor::ElementCount(shape) != std::ssize(integers.elements)) {
    return Invalid("integers of shape ", tensor::ToString(integers.shape),
                   " cannot take the shape ", tensor::ToString(shape));
  }
  integers.shape = std::move(shape);
  return integers;
}

// The product of the dimensions that are known; nothing where it is too large.
struct Product {
  std::optional<int64_t> known;
  int64_t unknown = 0;  // how many are not

  explicit Product(const Shape& shape) : unknown(std::ranges::count(shape, -1)) {
    Shape dimensions = shape;
    std::erase(dimensions, -1);
    known = tensor::ElementCount(dimensions);
  }
};

// What a target shape says of a tensor of shape `from`: 0 keeps a dimension, -1 is what is left.
Result<Shape> TargetShape(const Shape& from, const std::vector<int64_t>& target, bool keeps_zero) {
  Shape shape;
  std::optional<size_t> open;
  for (size_t i = 0; i < target.size(); ++i) {
    const int64_t said = target[i];
    if (said == 0 && keeps_zero) {
      if (i >= from.size()) return Invalid("keeps dimension ", i, " of ", from.size());
      shape.push_back(from[i]);
    } else if (said == -1) {
      if (open) return Invalid("leaves two dimensions open");
      open = i;
      shape.push_back(1);
    } else if (reading::IsUnknown(said)) {
      shape.push_back(-1);
    } else if (said < 0 || said > std::numeric_limits<int32_t>::max()) {
      return Invalid("makes a dimension of ", said);
    } else {
      shape.push_back(said);
    }
  }
  const Product all(from);
  const Product others(shape);
  if (!all.known || !others.known) return Invalid("makes a shape that is too large");
  const bool same_unknown = all.unknown == others.unknown;
  if (open && same_unknown && *others.known > 0 && *all.known % *others.known == 0) {
    shape[*open] = *all.known / *others.known;
    return shape;
  }
  if (open && all.unknown == others.unknown + 1) {
    shape[*open] = -1;
    return shape;
  }
  // A fixed batch for an open one is left to the graph's own rule.
  if (!open && (all.unknown > others.unknown || (same_unknown && *all.known == *others.known))) {
    return shape;
  }
  return Invalid("a tensor of shape ", tensor::ToString(from), " cannot take its shape");
}

// A product of dimensions, -1 where one of them is not known.
Result<int64_t> Flattened(std::span<const int64_t> dimensions) {
  const Product product(Shape(dimensions.begin(), dimensions.end()));
  if (product.known && product.unknown == 0) return *product.known;
  if (product.known && product.unknown == 1) return -1;
  return Fail(ErrorCode::kUnsupported, "flattens the shape ", tensor::ToString(dimensions),
              "; state the sizes that the graph leaves open with --input-shapes");
}

// The part of a concatenation that input i is, in that order.
Result<ValueId> PartOf(NodeContext& c, int i, const Order& order) {
  if (!c.IsArray(i)) {
    GOLDCREST_TRY(const Placed placed, c.Value(i));
    if (placed.shape.size() != order.size()) {
      return Invalid("joins ", tensor::ToString(placed.shape), " with another of ", order.size(),
                     " dimensions");
    }
    return c.Arranged(placed, order);
  }
  GOLDCREST_TRY(const Array said, c.ArrayOf(i));
  GOLDCREST_TRY(const Array array, c.AsActivation(said));
  if (array.shape.size() != order.size()) {
    return Invalid("joins ", tensor::ToString(array.shape), " with another of ", order.size(),
                   " dimensions");
  }
  return c.Constant(array, order);
}

// How many elements go before and behind each dimension of the file's tensor.
Result<std::vector<int64_t>> StatedPadding(NodeContext& c, size_t rank) {
  std::vector<int64_t> pads;
  if (c.Has(1)) {
    GOLDCREST_TRY(pads, c.NumbersOf(1));
  } else {
    GOLDCREST_TRY(pads, c.attributes().Integers("pads", {}));
  }
  std::vector<size_t> axes = Straight(rank);
  if (c.Has(3)) {
    GOLDCREST_TRY(const auto said, c.NumbersOf(3));
    axes.clear();
    for (int64_t axis : said) {
      GOLDCREST_TRY(const size_t at, AxisOf(axis, rank));
      axes.push_back(at);
    }
  }
  if (pads.size() != 2 * axes.size()) {
    return Invalid("has ", pads.size(), " paddings for ", axes.size(), " dimensions");
  }
  std::vector<int64_t> all(2 * rank, 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    all[axes[i]] = pads[i];
    all[rank + axes[i]] = pads[axes.size() + i];
  }
  return all;
}

}  // namespace

Result<size_t> AxisOf(int64_t axis, size_t rank) {
  const auto count = static_cast<int64_t>(rank);
  if (axis >= -count && axis < count) return static_cast<size_t>(axis < 0 ? axis + count : axis);
  return Invalid("the axis ", axis, " of ", rank, " dimensions");
}

Result<std::vector<size_t>> AxesOf(const std::vector<int64_t>& said, size_t rank) {
  std::vector<size_t> axes;
  for (int64_t axis : said) {
    GOLDCREST_TRY(const size_t at, AxisOf(axis, rank));
    axes.push_back(at);
  }
  std::ranges::sort(axes);
  if (std::ranges::adjacent_find(axes) != axes.end()) return Invalid("names a dimension twice");
  return axes;
}

Result<std::vector<int64_t>> StatedAxes(NodeContext& c, int input, std::vector<int64_t> otherwise) {
  if (c.Has(input)) return c.NumbersOf(input);
  return c.attributes().Integers("axes", std::move(otherwise));
}

Made ImportReshape(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_TRY(const Integers target, c.IntegersOf(1));
  GOLDCREST_TRY(const Shape from, c.ShapeOf(0));
  if (target.shape.size() > 1 || target.elements.size() > kMostDimensions) {
    return Invalid("its shape has the shape ", tensor::ToString(target.shape));
  }
  GOLDCREST_TRY(const int64_t allow_zero, c.attributes().Integer("allowzero", 0));
  GOLDCREST_TRY(Shape shape, TargetShape(from, target.elements, allow_zero == 0));
  return Reshaped(c, std::move(shape));
}

Made ImportFlatten(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const Shape from, c.ShapeOf(0));
  GOLDCREST_TRY(const int64_t said, c.attributes().Integer("axis", 1));
  const auto rank = std::ssize(from);
  const int64_t axis = said < 0 ? said + rank : said;
  if (axis < 0 || axis > rank) return Invalid("the axis ", said, " of ", rank, " dimensions");
  const std::span<const int64_t> dimensions = from;
  GOLDCREST_TRY(const int64_t before, Flattened(dimensions.first(static_cast<size_t>(axis))));
  GOLDCREST_TRY(const int64_t behind, Flattened(dimensions.subspan(static_cast<size_t>(axis))));
  return Reshaped(c, {before, behind});
}

Made ImportSqueeze(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 2));
  GOLDCREST_TRY(const Shape from, c.ShapeOf(0));
  GOLDCREST_TRY(const auto said, StatedAxes(c, 1, {}));
  GOLDCREST_TRY(const std::vector<size_t> axes, AxesOf(said, from.size()));
  Shape shape;
  for (size_t axis = 0; axis < from.size(); ++axis) {
    const bool named = std::ranges::binary_search(axes, axis);
    if (named && from[axis] != 1) return Invalid("drops a dimension of ", from[axis]);
    const bool dropped = axes.empty() ? from[axis] == 1 : named;
    if (!dropped) shape.push_back(from[axis]);
  }
  return Reshaped(c, std::move(shape));
}

Made ImportUnsqueeze(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 2));
  GOLDCREST_TRY(Shape shape, c.ShapeOf(0));
  GOLDCREST_TRY(const auto said, StatedAxes(c, 1, {}));
  if (said.size() > kMostDimensions) return Invalid("adds ", said.size(), " dimensions");
  GOLDCREST_TRY(const std::vector<size_t> axes, AxesOf(said, shape.size() + said.size()));
  for (size_t axis : axes) shape.insert(shape.begin() + static_cast<ptrdiff_t>(axis), 1);
  return Reshaped(c, std::move(shape));
}

// Of a value only the order changes by which it is known.
Made ImportTranspose(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const Shape from, c.ShapeOf(0));
  std::vector<int64_t> reversed(from.size());
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  GOLDCREST_TRY(const auto said, c.attributes().Integers("perm", reversed));
  GOLDCREST_TRY(const std::vector<size_t> axes, AxesOf(said, from.size()));
  if (axes.size() != from.size()) {
    return Invalid("the permutation ", tensor::ToString(said), " of ", from.size(), " dimensions");
  }
  const Order permutation(said.begin(), said.end());
  if (std::ranges::any_of(said, [](int64_t axis) { return axis < 0; })) {
    return Invalid("the permutation is ", tensor::ToString(said));
  }
  GOLDCREST_TRY(const Operand* input, c.Input(0));
  if (const auto* array = std::get_if<Array>(input)) {
    return Permuted(*array, permutation, c.budget());
  }
  const auto* placed = std::get_if<Placed>(input);
  if (placed == nullptr) return Fail(ErrorCode::kUnsupported, "transposes integers");
  GOLDCREST_TRY(Placed made, c.Settled(*placed));
  std::vector<size_t> now(permutation.size());
  for (size_t i = 0; i < permutation.size(); ++i) now[permutation[i]] = i;
  for (size_t& axis : made.order) axis = now[axis];
  made.shape = InOrder(from, permutation);
  made.real = placed->real;
  return made;
}

Made ImportConcat(NodeContext& c) {
  constexpr int kMostParts = 1024;
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, kMostParts));
  const int count = c.node().input_size();
  std::optional<Placed> leader;
  std::vector<Integers> integers;
  for (int i = 0; i < count; ++i) {
    if (!leader && c.IsPlaced(i)) {
      GOLDCREST_TRY(const Placed placed, c.Value(i));
      GOLDCREST_TRY(leader, c.Settled(placed));
    }
    if (!c.IsIntegers(i)) continue;
    GOLDCREST_TRY(Integers part, c.IntegersOf(i));
    integers.push_back(std::move(part));
  }
  if (std::ssize(integers) == count) return reading::Join(integers);
  GOLDCREST_TRY(const Shape shape, c.ShapeOf(0));
  GOLDCREST_TRY(const int64_t said, c.attributes().Integer("axis", 1));
  GOLDCREST_TRY(const size_t axis, AxisOf(said, shape.size()));
  const Order order = leader ? leader->order : Straight(shape.size());
  std::vector<ValueId> parts;
  for (int i = 0; i < count; ++i) {
    GOLDCREST_TRY(const ValueId part, PartOf(c, i, order));
    parts.push_back(part);
  }
  const auto at = std::ranges::find(order, axis);
  if (at == order.end()) return Invalid("joins along dimension ", axis, " of ", order.size());
  GOLDCREST_TRY(const ValueId id, c.Compute(graph::Concatenation{at - order.begin()},
                                            std::move(parts), ResultForm::kSame));
  return c.In(order, id);
}

Made ImportPad(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 4));
  GOLDCREST_TRY(const std::string mode, c.attributes().Text("mode", "constant"));
  GOLDCREST_TRY(double with, c.attributes().Number("value", 0));
  if (c.Has(2)) {
    GOLDCREST_TRY(with, c.NumberOf(2));
  }
  if (mode != "constant" || with != 0) {
    return Fail(ErrorCode::kUnsupported, "pads with ", mode == "constant" ? base::Cat(with) : mode,
                "; only zeros are read");
  }
  GOLDCREST_TRY(const Placed placed, c.Value(0));
  GOLDCREST_TRY(const auto pads, StatedPadding(c, placed.shape.size()));
  GOLDCREST_TRY(const Placed x, c.Settled(placed));
  graph::Pad op;
  for (size_t axis : x.order) {
    op.before.push_back(pads[axis]);
    op.after.push_back(pads[x.order.size() + axis]);
  }
  GOLDCREST_TRY(const ValueId id, c.Compute(std::move(op), {x.id}, ResultForm::kSame));
  return c.In(x.order, id);
}

Made ImportIdentity(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const Operand* input, c.Input(0));
  return *input;
}

// Does nothing but in training.
Made ImportDropout(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 3));
  if (c.Has(2)) {
    GOLDCREST_TRY(const auto training, c.NumbersOf(2));
    if (training != std::vector<int64_t>{0}) {
      return Fail(ErrorCode::kUnsupported, "is in training mode; export the model for inference");
    }
  }
  GOLDCREST_TRY(const Operand* input, c.Input(0));
  return *input;
}

}  // namespace goldcrest::formats::onnx
