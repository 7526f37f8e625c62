// Sums, products and their kin, of values and constants.
#include <algorithm>
#include <array>
#include <utility>

#include "formats/tensorflow/operators.h"

namespace goldcrest::formats::tensorflow {
namespace {

using graph::ValueId;

bool BothFloats(NodeContext& c) { return c.IsFloats(0) && c.IsFloats(1); }
bool BothIntegers(NodeContext& c) { return c.IsIntegers(0) && c.IsIntegers(1); }

// The graph broadcasts the second operand over the first.
template <class Op>
Made AddCommutative(NodeContext& c, ValueId a, ValueId b) {
  const tensor::Shape& shape_a = c.ShapeOf(a);
  const tensor::Shape& shape_b = c.ShapeOf(b);
  bool swapped = shape_a.size() < shape_b.size();
  for (size_t i = 1; i <= shape_a.size() && shape_a.size() == shape_b.size(); ++i) {
    const size_t at = shape_a.size() - i;
    swapped = swapped || (shape_a[at] == 1 && shape_b[at] != 1);
  }
  if (swapped) std::swap(a, b);
  return c.Add(Op{}, {a, b});
}

template <class Op>
Made ImportCommutative(NodeContext& c) {
  GOLDCREST_TRY(const ValueId a, c.Value(0));
  GOLDCREST_TRY(const ValueId b, c.Value(1));
  return AddCommutative<Op>(c, a, b);
}

Result<ValueId> Negated(NodeContext& c, size_t i, std::string_view suffix) {
  if (!c.IsFloats(i)) {
    GOLDCREST_TRY(const ValueId x, c.Value(i));
    const float minus = -1;
    const ValueId constant =
        c.graph().AddConstant(base::Cat(c.name(), "/minus_one"), {1}, {&minus, 1});
    return c.Add(graph::Mul{}, {x, constant}, suffix);
  }
  return c.Constant(i, 'n', [](const Floats& floats) -> Result<Floats> {
    std::vector<float> negated(floats.elements().begin(), floats.elements().end());
    for (float& x : negated) x = -x;
    return Floats{floats.shape, tensor::SharedBytes::Copy<float>(negated)};
  });
}

// Whether b broadcasts over a: the graph's operators that do not commute need it so.
bool Broadcasts(NodeContext& c, ValueId a, ValueId b) {
  const tensor::Shape& shape_a = c.ShapeOf(a);
  const tensor::Shape& shape_b = c.ShapeOf(b);
  if (shape_b.size() > shape_a.size()) return false;
  const size_t behind = shape_a.size() - shape_b.size();
  for (size_t i = 0; i < shape_b.size(); ++i) {
    if (shape_b[i] != 1 && shape_b[i] != shape_a[behind + i]) return false;
  }
  return true;
}

struct UnaryRow {
  std::string_view op;
  graph::MathFunction function;
};

constexpr std::array kUnaryRows = {
    UnaryRow{"Abs", graph::MathFunction::kAbs},
    UnaryRow{"Ceil", graph::MathFunction::kCeil},
    UnaryRow{"Cos", graph::MathFunction::kCos},
    UnaryRow{"Elu", graph::MathFunction::kElu},
    UnaryRow{"Exp", graph::MathFunction::kExp},
    UnaryRow{"Floor", graph::MathFunction::kFloor},
    UnaryRow{"Log", graph::MathFunction::kLog},
    UnaryRow{"Neg", graph::MathFunction::kNeg},
    UnaryRow{"Round", graph::MathFunction::kRound},
    UnaryRow{"Rsqrt", graph::MathFunction::kRsqrt},
    UnaryRow{"Sin", graph::MathFunction::kSin},
    UnaryRow{"Sqrt", graph::MathFunction::kSqrt},
    UnaryRow{"Square", graph::MathFunction::kSquare},
};

// Whether input i is `number`, and nothing else.
bool IsNumber(NodeContext& c, size_t i, float number) {
  auto floats = c.FloatsOf(i);
  return floats && floats->elements().size() == 1 && floats->elements()[0] == number;
}

}  // namespace

Made ImportAdd(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  if (BothIntegers(c)) return IntegerArithmetic(c);
  if (BothFloats(c)) return FloatArithmetic(c);
  GOLDCREST_TRY(std::optional<Operand> normalized, MatchBatchNorm(c));
  if (normalized) return *normalized;
  return ImportCommutative<graph::Add>(c);
}

Made ImportMul(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  if (BothIntegers(c)) return IntegerArithmetic(c);
  if (BothFloats(c)) return FloatArithmetic(c);
  return ImportCommutative<graph::Mul>(c);
}

Made ImportSub(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  if (BothIntegers(c)) return IntegerArithmetic(c);
  if (BothFloats(c)) return FloatArithmetic(c);
  GOLDCREST_TRY(const ValueId a, c.Value(0));
  if (!c.IsFloats(1)) {
    GOLDCREST_TRY(const ValueId subtracted, c.Value(1));
    if (!c.IsFloats(0) && Broadcasts(c, a, subtracted)) return c.Add(graph::Sub{}, {a, subtracted});
  }
  GOLDCREST_TRY(const ValueId b, Negated(c, 1, "/negated"));
  return AddCommutative<graph::Add>(c, a, b);
}

Made ImportDiv(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  if (BothIntegers(c)) return IntegerArithmetic(c);
  if (BothFloats(c)) return FloatArithmetic(c);
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  if (!c.IsFloats(1)) {
    GOLDCREST_TRY(const ValueId by, c.Value(1));
    if (Broadcasts(c, x, by)) return c.Add(graph::Div{}, {x, by});
    return Fail(ErrorCode::kUnsupported, "divides ", tensor::ToString(c.ShapeOf(x)), " by ",
                tensor::ToString(c.ShapeOf(by)), "; a divisor that is broadcast is read");
  }
  GOLDCREST_TRY(const ValueId reciprocal,
                c.Constant(1, 'r', [](const Floats& floats) -> Result<Floats> {
                  std::vector<float> turned(floats.elements().begin(), floats.elements().end());
                  for (float& y : turned) y = 1 / y;
                  return Floats{floats.shape, tensor::SharedBytes::Copy<float>(turned)};
                }));
  return AddCommutative<graph::Mul>(c, x, reciprocal);
}

// max(x, 0) is a ReLU.
Made ImportMaximum(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  if (BothIntegers(c)) return IntegerArithmetic(c);
  if (BothFloats(c)) return FloatArithmetic(c);
  for (size_t i : {0, 1}) {
    if (!c.IsValue(i) || !IsNumber(c, 1 - i, 0)) continue;
    GOLDCREST_TRY(const ValueId x, c.Value(i));
    return c.Add(graph::Activate{graph::Activation::kRelu}, {x});
  }
  return ImportCommutative<graph::Maximum>(c);
}

// min(relu(x), 6) is a ReLU6.
Made ImportMinimum(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  if (BothIntegers(c)) return IntegerArithmetic(c);
  if (BothFloats(c)) return FloatArithmetic(c);
  for (size_t i : {0, 1}) {
    const bool relu = c.Producer(i).Is("Relu") || c.Producer(i).Is("Maximum");
    if (!relu || !c.IsValue(i) || !IsNumber(c, 1 - i, 6)) continue;
    GOLDCREST_TRY(const ValueId x, c.Value(i));
    return c.Add(graph::Activate{graph::Activation::kRelu6}, {x});
  }
  return ImportCommutative<graph::Minimum>(c);
}

Made ImportUnary(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  if (c.IsFloats(0) && IsFloatFunction(c)) return FloatFunction(c);
  const auto* row =
      std::ranges::find_if(kUnaryRows, [&](const UnaryRow& unary) { return c.Is(unary.op); });
  if (row == kUnaryRows.end()) {
    return Fail(ErrorCode::kUnsupported, "is read where it computes with constants only");
  }
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  return c.Add(graph::Math{row->function}, {x});
}

Made ImportSquaredDifference(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_TRY(ValueId a, c.Value(0));
  GOLDCREST_TRY(ValueId b, c.Value(1));
  // The sign is of no account.
  if (!Broadcasts(c, a, b)) std::swap(a, b);
  GOLDCREST_TRY(const ValueId difference, c.Add(graph::Sub{}, {a, b}, "/difference"));
  return c.Add(graph::Math{graph::MathFunction::kSquare}, {difference});
}

}  // namespace goldcrest::formats::tensorflow
