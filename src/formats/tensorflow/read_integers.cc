// Integers: a graph computes shapes with them. A dimension that is not known stays so, and what is
// computed with it.
#include <algorithm>

#include "formats/tensorflow/data_types.h"
#include "formats/tensorflow/operators.h"

namespace goldcrest::formats::tensorflow {
namespace {

using tensor::Shape;

constexpr int64_t kLargestInteger = int64_t{1} << 40;  // products of two stay far from overflow

// What the shape of a value is, as integers.
Integers DimensionsOf(const graph::Graph& graph, graph::ValueId id) {
  const Shape& shape = graph.value(id).shape;
  Integers dimensions{{std::ssize(shape)}, shape};
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] < 0) dimensions.elements[d] = UnknownDimension(id, d);
  }
  return dimensions;
}

Result<int64_t> Compute(const NodeContext& c, int64_t a, int64_t b) {
  if (IsUnknown(a) || IsUnknown(b)) {
    // Times one is nothing.
    if (c.Is("Mul") && (a == 1 || b == 1)) return a == 1 ? b : a;
    return kUnknown;
  }
  for (int64_t x : {a, b}) {
    if (x < -kLargestInteger || x > kLargestInteger) {
      return Fail(ErrorCode::kUnsupported, "computes with ", x);
    }
  }
  if (c.Is("Add") || c.Is("AddV2")) return a + b;
  if (c.Is("Sub")) return a - b;
  if (c.Is("Maximum")) return std::max(a, b);
  if (c.Is("Minimum")) return std::min(a, b);
  if (c.Is("Mul")) {
    int64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product) || IsUnknown(product)) {
      return Invalid("the product of ", a, " and ", b, " is too large");
    }
    return product;
  }
  if (b == 0) return Invalid("divides by 0");
  const int64_t quotient = a / b;
  // Downwards, as all divisions of integers but Div, which no graph of today has.
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

}  // namespace

Made ImportShape(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const Operand* input, c.Input(0));
  if (const auto* value = std::get_if<graph::ValueId>(input)) {
    return DimensionsOf(c.graph(), *value);
  }
  if (const auto* floats = std::get_if<Floats>(input)) {
    return Integers{{std::ssize(floats->shape)}, floats->shape};
  }
  if (const auto* integers = std::get_if<Integers>(input)) {
    return Integers{{std::ssize(integers->shape)}, integers->shape};
  }
  return Fail(ErrorCode::kUnsupported, "the shape of a batch that SpaceToBatchND makes");
}

Made ImportStridedSlice(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(4, 4));
  GOLDCREST_TRY(const Integers from, c.IntegersOf(0));
  GOLDCREST_TRY(const auto begin, c.NumbersOf(1));
  GOLDCREST_TRY(const auto end, c.NumbersOf(2));
  GOLDCREST_TRY(const auto stride, c.NumbersOf(3));
  const Attributes& a = c.attributes();
  GOLDCREST_TRY(const int64_t begin_mask, a.Integer("begin_mask", 0));
  GOLDCREST_TRY(const int64_t end_mask, a.Integer("end_mask", 0));
  GOLDCREST_TRY(const int64_t shrink_mask, a.Integer("shrink_axis_mask", 0));
  GOLDCREST_TRY(const int64_t new_axis_mask, a.Integer("new_axis_mask", 0));
  GOLDCREST_TRY(const int64_t ellipsis_mask, a.Integer("ellipsis_mask", 0));
  const bool one = begin.size() == 1 && end.size() == 1 && stride.size() == 1;
  if (from.shape.size() != 1 || !one || new_axis_mask != 0 || ellipsis_mask != 0) {
    return Fail(ErrorCode::kUnsupported, "slices of anything but a vector of integers");
  }
  const auto size = std::ssize(from.elements);
  auto at = [&](int64_t index) {
    return std::clamp<int64_t>(index < 0 ? index + size : index, 0, size);
  };
  if (shrink_mask != 0) {
    const int64_t index = begin[0] < 0 ? begin[0] + size : begin[0];
    if (index < 0 || index >= size) return Invalid("takes element ", begin[0], " of ", size);
    return Integers{{}, {from.elements[static_cast<size_t>(index)]}};
  }
  if (stride[0] < 1) return Fail(ErrorCode::kUnsupported, "a stride of ", stride[0]);
  const int64_t first = begin_mask != 0 ? 0 : at(begin[0]);
  const int64_t last = end_mask != 0 ? size : at(end[0]);
  Integers part;
  for (int64_t i = first; i < last; i += std::min(stride[0], size)) {
    part.elements.push_back(from.elements[static_cast<size_t>(i)]);
  }
  part.shape = {std::ssize(part.elements)};
  return part;
}

Made JoinIntegers(NodeContext& c, size_t first, size_t last) {
  Integers joined;
  for (size_t i = first; i < last; ++i) {
    GOLDCREST_TRY(const Integers part, c.IntegersOf(i));
    if (part.shape.size() > 1) {
      return Fail(ErrorCode::kUnsupported, "joins integers of ", part.shape.size(), " dimensions");
    }
    if (joined.elements.size() + part.elements.size() > kMostIntegers) {
      return Fail(ErrorCode::kUnsupported, "joins more than ", kMostIntegers, " integers");
    }
    joined.elements.insert(joined.elements.end(), part.elements.begin(), part.elements.end());
  }
  joined.shape = {std::ssize(joined.elements)};
  return joined;
}

Made ImportPack(NodeContext& c) {
  for (size_t i = 0; i < c.input_count(); ++i) {
    GOLDCREST_TRY(const Integers part, c.IntegersOf(i));
    if (!part.shape.empty()) {
      return Fail(ErrorCode::kUnsupported, "packs anything but single integers");
    }
  }
  return JoinIntegers(c, 0, c.input_count());
}

Made ImportCast(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const Operand* input, c.Input(0));
  GOLDCREST_TRY(const int32_t type, c.attributes().Type("DstT", 0));
  const bool to_integers = type == kInt32 || type == kInt64;
  if (std::holds_alternative<Integers>(*input) ? to_integers : type == kFloat) return *input;
  return Fail(ErrorCode::kUnsupported, "makes ", NameOfType(type), " of another type");
}

Made ImportProd(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_TRY(const Integers factors, c.IntegersOf(0));
  GOLDCREST_TRY(const bool keep, c.attributes().Flag("keep_dims", false));
  if (factors.shape.size() != 1) return Fail(ErrorCode::kUnsupported, "multiplies no vector");
  int64_t product = 1;
  for (int64_t factor : factors.elements) {
    if (IsUnknown(factor) || IsUnknown(product)) {
      product = factor == 1 ? product : product == 1 ? factor : kUnknown;
    } else if (__builtin_mul_overflow(product, factor, &product) || IsUnknown(product)) {
      return Invalid("the product of ", tensor::ToString(factors.elements), " is too large");
    }
  }
  return Integers{keep ? Shape{1} : Shape{}, {product}};
}

// Elements of a vector by their places.
Made ImportGather(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 3));
  GOLDCREST_TRY(const Integers from, c.IntegersOf(0));
  GOLDCREST_TRY(Integers places, c.IntegersOf(1));
  if (from.shape.size() != 1) return Fail(ErrorCode::kUnsupported, "gathers from no vector");
  for (int64_t& place : places.elements) {
    if (place < 0 || place >= std::ssize(from.elements)) {
      return Invalid("takes an element that is not there, of ", from.elements.size());
    }
    place = from.elements[static_cast<size_t>(place)];
  }
  return places;
}

Made IntegerArithmetic(NodeContext& c) {
  GOLDCREST_TRY(const Integers a, c.IntegersOf(0));
  GOLDCREST_TRY(const Integers b, c.IntegersOf(1));
  const bool spread_a = a.elements.size() == 1;
  const bool spread_b = b.elements.size() == 1;
  if (!spread_a && !spread_b && a.shape != b.shape) {
    return Fail(ErrorCode::kUnsupported, "integers of shape ", tensor::ToString(a.shape), " and ",
                tensor::ToString(b.shape));
  }
  const bool shaped_as_a = !spread_a || (spread_b && a.shape.size() >= b.shape.size());
  Integers made = shaped_as_a ? a : b;
  for (size_t i = 0; i < made.elements.size(); ++i) {
    GOLDCREST_TRY(made.elements[i],
                  Compute(c, a.elements[spread_a ? 0 : i], b.elements[spread_b ? 0 : i]));
  }
  return made;
}

}  // namespace goldcrest::formats::tensorflow
