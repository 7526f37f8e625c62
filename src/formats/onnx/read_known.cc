// What is known while the graph is read: constants, shapes, and what is computed of them.
#include <algorithm>
#include <array>
#include <cmath>

#include "formats/onnx/operators.h"
#include "formats/onnx/tensor_types.h"

namespace goldcrest::formats::onnx {
namespace {

using reading::IntegerOperator;
using tensor::DType;
using tensor::Shape;

struct IntegerRow {
  std::string_view op;
  IntegerOperator computes;
};

constexpr std::array kIntegerRows = {
    IntegerRow{"Add", IntegerOperator::kAdd},     IntegerRow{"Div", IntegerOperator::kTruncatedDiv},
    IntegerRow{"Max", IntegerOperator::kMaximum}, IntegerRow{"Min", IntegerOperator::kMinimum},
    IntegerRow{"Mul", IntegerOperator::kMul},     IntegerRow{"Sub", IntegerOperator::kSub},
};

struct FloatRow {
  std::string_view op;
  float (*compute)(float a, float b);
};

constexpr std::array kFloatRows = {
    FloatRow{"Add", [](float a, float b) { return a + b; }},
    FloatRow{"Div", [](float a, float b) { return a / b; }},
    FloatRow{"Max", [](float a, float b) { return std::max(a, b); }},
    FloatRow{"Min", [](float a, float b) { return std::min(a, b); }},
    FloatRow{"Mul", [](float a, float b) { return a * b; }},
    FloatRow{"Pow", [](float a, float b) { return std::pow(a, b); }},
    FloatRow{"Sub", [](float a, float b) { return a - b; }},
};

struct FunctionRow {
  std::string_view op;
  float (*compute)(float x);
};

constexpr std::array kFunctionRows = {
    FunctionRow{"Exp", [](float x) { return std::exp(x); }},
    FunctionRow{"Neg", [](float x) { return -x; }},
    FunctionRow{"Reciprocal", [](float x) { return 1 / x; }},
    FunctionRow{"Sqrt", [](float x) { return std::sqrt(x); }},
};

struct MathRow {
  std::string_view op;
  graph::MathFunction function;
};

constexpr std::array kMathRows = {
    MathRow{"Abs", graph::MathFunction::kAbs},     MathRow{"Ceil", graph::MathFunction::kCeil},
    MathRow{"Cos", graph::MathFunction::kCos},     MathRow{"Elu", graph::MathFunction::kElu},
    MathRow{"Exp", graph::MathFunction::kExp},     MathRow{"Floor", graph::MathFunction::kFloor},
    MathRow{"Log", graph::MathFunction::kLog},     MathRow{"Neg", graph::MathFunction::kNeg},
    MathRow{"Round", graph::MathFunction::kRound}, MathRow{"Sin", graph::MathFunction::kSin},
    MathRow{"Sqrt", graph::MathFunction::kSqrt},
};

// Which dimension of a value is unknown. The first is the batch, the same one in all values.
int64_t UnknownSize(const Placed& placed, size_t axis) {
  return reading::UnknownDimension(axis == 0 ? 0 : placed.id + 1, axis);
}

Operand IntegersOf(Shape shape, std::vector<int64_t> elements) {
  return Integers{std::move(shape), std::move(elements)};
}

// Only vectors are gathered from.
Result<Integers> VectorOf(NodeContext& c, int i) {
  GOLDCREST_TRY(Integers vector, c.IntegersOf(i));
  if (vector.shape.size() == 1) return vector;
  return Fail(ErrorCode::kUnsupported, "reads integers of shape ", tensor::ToString(vector.shape),
              "; a vector of them is read");
}

Result<Operand> OfAttribute(NodeContext& c, const proto::AttributeProto& attribute) {
  if (attribute.name() == "value" && attribute.has_t()) {
    GOLDCREST_TRY(auto decoded, DecodeTensor(attribute.t(), c.import().files, c.budget()));
    if (auto* integers = std::get_if<Integers>(&decoded)) return Operand(std::move(*integers));
    Array array = std::get<Array>(std::move(decoded));
    array.name = c.name();
    return Operand(std::move(array));
  }
  if (attribute.name() == "value_int") return IntegersOf({}, {attribute.i()});
  if (attribute.name() == "value_ints") {
    const auto& ints = attribute.ints();
    if (static_cast<size_t>(ints.size()) > reading::kMostIntegers) {
      return Fail(ErrorCode::kUnsupported, ints.size(), " integers");
    }
    return IntegersOf({ints.size()}, {ints.begin(), ints.end()});
  }
  const bool number = attribute.name() == "value_float";
  if (number || attribute.name() == "value_floats") {
    std::vector<float> floats(attribute.floats().begin(), attribute.floats().end());
    if (number) floats = {attribute.f()};
    GOLDCREST_RETURN_IF_ERROR(c.budget().Take(floats.size() * sizeof(float)));
    const Shape shape = number ? Shape{} : Shape{std::ssize(floats)};
    return Operand(
        Array{c.name(), DType::kFloat32, shape, tensor::SharedBytes::Copy<float>(floats), {}});
  }
  return Fail(ErrorCode::kUnsupported, "the value is given as '", attribute.name(), "'");
}

// Input 0 as another type of ONNX's.
Made CastTo(NodeContext& c, int64_t to) {
  const bool to_floats = to == kFloatType || to == kFloat16Type || to == kBFloat16Type;
  const bool to_integers = to == kInt32Type || to == kInt64Type;
  GOLDCREST_TRY(const Operand* input, c.Input(0));
  if (c.IsIntegers(0)) {
    GOLDCREST_TRY(Integers integers, c.IntegersOf(0));
    if (to_integers) return integers;
    if (to_floats) {
      GOLDCREST_TRY(const auto numbers, c.NumbersOf(0));
      const std::vector<float> floats(numbers.begin(), numbers.end());
      return Array{
          c.name(), DType::kFloat32, integers.shape, tensor::SharedBytes::Copy<float>(floats), {}};
    }
  } else if (const auto* array = std::get_if<Array>(input)) {
    if (array->dtype == DType::kFloat32 && to_floats) return *array;
    if (array->dtype == DType::kFloat32 && to_integers &&
        array->As<float>().size() <= reading::kMostIntegers) {
      Integers integers{array->shape, {}};
      for (float x : array->As<float>()) {
        if (!(std::abs(x) < 0x1p40F)) return Fail(ErrorCode::kUnsupported, "makes integers of ", x);
        integers.elements.push_back(static_cast<int64_t>(x));
      }
      return integers;
    }
  } else if (to_floats) {
    auto placed = std::get<Placed>(*input);
    if (!c.IsInteger(placed.id) || placed.real) return placed;
    graph::Value& value = c.graph().value(placed.id);
    if (value.quantization.empty()) {  // plain numbers, as pictures are
      value.quantization = {{1}, {0}};
      placed.real = true;
      return placed;
    }
  } else if (to_integers) {
    GOLDCREST_TRY(const Placed x, c.Settled(std::get<Placed>(*input)));
    const DType dtype = to == kInt32Type ? DType::kInt32 : DType::kInt64;
    GOLDCREST_TRY(const graph::ValueId id, c.Append(graph::Cast{.dtype = dtype}, {x.id}));
    Placed made = c.In(x.order, id);
    made.real = false;
    return made;
  }
  return Fail(ErrorCode::kUnsupported, "makes ",
              NameOfTensorType(static_cast<int32_t>(to & 0xffff)), " of another type");
}

}  // namespace

Made ImportConstant(NodeContext& c) {
  if (c.node().attribute_size() != 1) return Invalid("has no value, or several");
  GOLDCREST_TRY(Operand made, OfAttribute(c, c.node().attribute(0)));
  const auto* integers = std::get_if<Integers>(&made);
  if (integers != nullptr && std::ranges::any_of(integers->elements, reading::IsUnknown)) {
    return Fail(ErrorCode::kUnsupported, "a constant of very large negative integers");
  }
  return made;
}

Made ImportConstantOfShape(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const auto shape, c.NumbersOf(0));
  const auto count = tensor::ElementCount(shape);
  if (!count || static_cast<size_t>(*count) > reading::kMostIntegers || shape.size() > 8) {
    return Fail(ErrorCode::kUnsupported, "a constant of shape ", tensor::ToString(shape));
  }
  Operand value =
      Array{c.name(), DType::kFloat32, {}, tensor::SharedBytes::Copy<float>({{0.0F}}), {}};
  if (const proto::AttributeProto* said = c.attributes().Find("value")) {
    GOLDCREST_TRY(value, OfAttribute(c, *said));
  }
  const auto elements = static_cast<size_t>(*count);
  if (auto* integers = std::get_if<Integers>(&value)) {
    if (integers->elements.size() != 1) return Invalid("repeats no single number");
    return IntegersOf(shape, std::vector<int64_t>(elements, integers->elements[0]));
  }
  const auto& array = std::get<Array>(value);
  if (array.dtype != DType::kFloat32 || array.As<float>().size() != 1) {
    return Invalid("repeats no single number of float32 or int64");
  }
  const std::vector<float> repeated(elements, array.As<float>()[0]);
  return Array{c.name(), DType::kFloat32, shape, tensor::SharedBytes::Copy<float>(repeated), {}};
}

// Since opset 15 of a part of the dimensions.
Made ImportShape(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(Shape shape, c.ShapeOf(0));
  if (c.IsPlaced(0)) {
    const auto& placed = std::get<Placed>(**c.Input(0));
    for (size_t axis = 0; axis < shape.size(); ++axis) {
      if (shape[axis] < 0) shape[axis] = UnknownSize(placed, axis);
    }
  }
  const auto rank = std::ssize(shape);
  GOLDCREST_TRY(const int64_t start, c.attributes().Integer("start", 0));
  GOLDCREST_TRY(const int64_t end, c.attributes().Integer("end", rank));
  auto within = [&](int64_t at) { return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank); };
  return reading::Slice({{rank}, shape}, within(start), within(end), 1);
}

Made ImportSize(NodeContext& c) {
  GOLDCREST_TRY(const Operand dimensions, ImportShape(c));
  GOLDCREST_TRY(const int64_t product, reading::Product(std::get<Integers>(dimensions).elements));
  return IntegersOf({}, {product});
}

Made ImportGather(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_TRY(const Integers from, VectorOf(c, 0));
  GOLDCREST_TRY(Integers places, c.IntegersOf(1));
  const auto size = std::ssize(from.elements);
  for (int64_t& place : places.elements) {
    const int64_t at = place < 0 && place >= -size ? place + size : place;
    if (at < 0 || at >= size) return Invalid("takes an element that is not there, of ", size);
    place = from.elements[static_cast<size_t>(at)];
  }
  return places;
}

Made ImportCast(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const int64_t to, c.attributes().Integer("to", 0));
  return CastTo(c, to);
}

// To the type of another tensor.
Made ImportCastLike(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  return CastTo(c, c.IsIntegers(1) ? kInt64Type : kFloatType);
}

// A constant repeated along dimensions; what already has the shape stays as it is.
Made ImportExpand(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_TRY(const Shape from, c.ShapeOf(0));
  GOLDCREST_TRY(const Integers target, c.IntegersOf(1));
  GOLDCREST_TRY(const Shape shape, reading::BroadcastShape(from, target.elements));
  if (shape == from) return **c.Input(0);
  const std::optional<size_t> bytes = tensor::ByteCount(DType::kFloat32, shape);
  if (!bytes || shape.size() > 8) {
    return Fail(ErrorCode::kUnsupported, "makes the shape ", tensor::ToString(shape));
  }
  const size_t count = *bytes / sizeof(float);
  if (c.IsIntegers(0)) {
    GOLDCREST_TRY(const Integers integers, c.IntegersOf(0));
    if (integers.elements.size() != 1 || count > reading::kMostIntegers) {
      return Fail(ErrorCode::kUnsupported, "repeats integers of shape ", tensor::ToString(from));
    }
    return IntegersOf(shape, std::vector<int64_t>(count, integers.elements[0]));
  }
  if (!c.IsArray(0)) {
    return Fail(ErrorCode::kUnsupported, "repeats a value of shape ", tensor::ToString(from));
  }
  GOLDCREST_TRY(const Array array, c.RealsOf(0));
  GOLDCREST_RETURN_IF_ERROR(c.budget().Take(*bytes));
  const reading::Floats all{shape, tensor::SharedBytes::Copy<float>(std::vector<float>(count))};
  GOLDCREST_TRY(reading::Floats made,
                reading::Broadcast([](float a, float) { return a; }, {array.shape, array.bytes},
                                   all, c.budget()));
  return FloatArray(c.name(), std::move(made));
}

Made ImportReduceProd(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 2));
  GOLDCREST_TRY(const Integers factors, VectorOf(c, 0));
  GOLDCREST_TRY(const int64_t keep, c.attributes().Integer("keepdims", 1));
  GOLDCREST_TRY(const int64_t product, reading::Product(factors.elements));
  return IntegersOf(keep != 0 ? Shape{1} : Shape{}, {product});
}

Made ImportRange(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(3, 3));
  std::array<int64_t, 3> said{};
  for (int i = 0; i < 3; ++i) {
    GOLDCREST_TRY(const auto numbers, c.NumbersOf(i));
    if (numbers.size() != 1 || std::abs(numbers[0]) > (int64_t{1} << 32)) {
      return Fail(ErrorCode::kUnsupported, "a range from, to or by no small number");
    }
    said[static_cast<size_t>(i)] = numbers[0];
  }
  const auto [first, last, step] = said;
  if (step < 1 || last < first || (last - first) / step > int64_t{reading::kMostIntegers} - 1) {
    return Fail(ErrorCode::kUnsupported, "a range from ", first, " to ", last, " by ", step);
  }
  std::vector<int64_t> elements;
  for (int64_t at = first; at < last; at += step) elements.push_back(at);
  const auto count = std::ssize(elements);
  return IntegersOf({count}, std::move(elements));
}

Made IntegerArithmetic(NodeContext& c) {
  const auto* row =
      std::ranges::find_if(kIntegerRows, [&](const IntegerRow& r) { return c.Is(r.op); });
  if (row == kIntegerRows.end()) return Fail(ErrorCode::kUnsupported, "computes with integers");
  GOLDCREST_TRY(const Integers a, c.IntegersOf(0));
  GOLDCREST_TRY(const Integers b, c.IntegersOf(1));
  return reading::Compute(row->computes, a, b);
}

Made FloatArithmetic(NodeContext& c) {
  const auto* row = std::ranges::find_if(kFloatRows, [&](const FloatRow& r) { return c.Is(r.op); });
  if (row == kFloatRows.end()) return Fail(ErrorCode::kUnsupported, "computes with constants");
  GOLDCREST_TRY(const Array a, c.RealsOf(0));
  GOLDCREST_TRY(const Array b, c.RealsOf(1));
  GOLDCREST_TRY(reading::Floats made, reading::Broadcast(row->compute, {a.shape, a.bytes},
                                                         {b.shape, b.bytes}, c.budget()));
  return FloatArray(c.name(), std::move(made));
}

// Of constants at once, of values by an operator.
Made ImportUnary(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  const auto* row =
      std::ranges::find_if(kFunctionRows, [&](const FunctionRow& r) { return c.Is(r.op); });
  if (c.IsArray(0) && row != kFunctionRows.end()) {
    GOLDCREST_TRY(Array array, c.RealsOf(0));
    GOLDCREST_RETURN_IF_ERROR(c.budget().Take(array.bytes.bytes().size()));
    std::vector<float> made(array.As<float>().size());
    std::ranges::transform(array.As<float>(), made.begin(), row->compute);
    return FloatArray(c.name(), {array.shape, tensor::SharedBytes::Copy<float>(made)});
  }
  const auto* math = std::ranges::find_if(kMathRows, [&](const MathRow& r) { return c.Is(r.op); });
  if (math == kMathRows.end()) {
    return Fail(ErrorCode::kUnsupported, "is read where it computes with constants only");
  }
  GOLDCREST_TRY(const double alpha, c.attributes().Number("alpha", 1));
  if (alpha != 1) return Fail(ErrorCode::kUnsupported, "has an alpha of ", alpha, "; 1 is read");
  GOLDCREST_TRY(const Placed x, c.Value(0));
  GOLDCREST_TRY(const graph::ValueId real, c.Real(x.id));
  GOLDCREST_TRY(const graph::ValueId id, c.Append(graph::Math{math->function}, {real}));
  return c.Like(x, id);
}

}  // namespace goldcrest::formats::onnx
