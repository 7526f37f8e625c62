// Sums, products and their kin, of values and constants.
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
  GOLDCREST_TRY(const ValueId b, Negated(c, 1, "/negated"));
  return AddCommutative<graph::Add>(c, a, b);
}

Made ImportDiv(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  if (BothIntegers(c)) return IntegerArithmetic(c);
  if (BothFloats(c)) return FloatArithmetic(c);
  if (!c.IsFloats(1)) {
    return Fail(ErrorCode::kUnsupported, "divides by what is no constant");
  }
  GOLDCREST_TRY(const ValueId x, c.Value(0));
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
  return Fail(ErrorCode::kUnsupported, "only the maximum of a value and 0 is read");
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
  return Fail(ErrorCode::kUnsupported, "only the minimum of a ReLU and 6 is read");
}

Made ImportUnary(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  if (c.IsFloats(0)) return FloatFunction(c);
  if (c.Is("Neg") && c.IsValue(0)) return Negated(c, 0, "");
  return Fail(ErrorCode::kUnsupported, "is read where it computes with constants only");
}

}  // namespace goldcrest::formats::tensorflow
