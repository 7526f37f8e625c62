// Integers: a graph computes shapes with them. A dimension that is not known stays so, and what is
// computed with it.
#include <algorithm>
#include <array>

#include "formats/tensorflow/data_types.h"
#include "formats/tensorflow/operators.h"

namespace goldcrest::formats::tensorflow {
namespace {

using reading::IntegerOperator;
using tensor::Shape;

// What the shape of a value is, as integers.
Integers DimensionsOf(const graph::Graph& graph, graph::ValueId id) {
  const Shape& shape = graph.value(id).shape;
  Integers dimensions{{std::ssize(shape)}, shape};
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] < 0) dimensions.elements[d] = UnknownDimension(id, d);
  }
  return dimensions;
}

struct IntegerRow {
  std::string_view op;
  IntegerOperator computes;
};

// Divisions round downwards, all but Div, which no graph of today has.
constexpr std::array kIntegerRows = {
    IntegerRow{"Add", IntegerOperator::kAdd},
    IntegerRow{"AddV2", IntegerOperator::kAdd},
    IntegerRow{"Div", IntegerOperator::kFloorDiv},
    IntegerRow{"FloorDiv", IntegerOperator::kFloorDiv},
    IntegerRow{"Maximum", IntegerOperator::kMaximum},
    IntegerRow{"Minimum", IntegerOperator::kMinimum},
    IntegerRow{"Mul", IntegerOperator::kMul},
    IntegerRow{"RealDiv", IntegerOperator::kFloorDiv},
    IntegerRow{"Sub", IntegerOperator::kSub},
};

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
  if (!c.IsIntegers(0)) return SliceValue(c);
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
  return reading::Slice(from, first, last, stride[0]);
}

Made JoinIntegers(NodeContext& c, size_t first, size_t last) {
  std::vector<Integers> parts;
  for (size_t i = first; i < last; ++i) {
    GOLDCREST_TRY(Integers part, c.IntegersOf(i));
    parts.push_back(std::move(part));
  }
  return reading::Join(parts);
}

Made ImportPack(NodeContext& c) {
  if (c.input_count() > 0 && !c.IsIntegers(0)) return PackValues(c);
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
  if (const auto* value = std::get_if<graph::ValueId>(input);
      value && (to_integers || type == kFloat)) {
    const tensor::DType dtype = type == kFloat   ? tensor::DType::kFloat32
                                : type == kInt32 ? tensor::DType::kInt32
                                                 : tensor::DType::kInt64;
    if (c.graph().value(*value).dtype == dtype) return *value;
    return c.Add(graph::Cast{dtype}, {*value});
  }
  if (std::holds_alternative<Integers>(*input) ? to_integers : type == kFloat) return *input;
  return Fail(ErrorCode::kUnsupported, "makes ", NameOfType(type), " of another type");
}

Made ImportProd(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  if (!c.IsIntegers(0)) return ImportReduction(c);
  GOLDCREST_TRY(const Integers factors, c.IntegersOf(0));
  GOLDCREST_TRY(const bool keep, c.attributes().Flag("keep_dims", false));
  if (factors.shape.size() != 1) return Fail(ErrorCode::kUnsupported, "multiplies no vector");
  GOLDCREST_TRY(const int64_t product, reading::Product(factors.elements));
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
  const auto* row =
      std::ranges::find_if(kIntegerRows, [&](const IntegerRow& r) { return c.Is(r.op); });
  if (row == kIntegerRows.end()) return Invalid("is no arithmetic");
  return reading::Compute(row->computes, a, b);
}

}  // namespace goldcrest::formats::tensorflow
