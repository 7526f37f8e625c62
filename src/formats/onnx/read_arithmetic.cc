// Sums, products and their kin, of values and constants.
#include <algorithm>
#include <array>
#include <optional>

#include "formats/onnx/operators.h"

namespace goldcrest::formats::onnx {
namespace {

using graph::ValueId;
using tensor::Shape;

// Both operands as values whose dimensions stand in one order, and how their result stands for what
// the file knows.
struct Pair {
  ValueId a = 0, b = 0;
  Order order;
  std::optional<Placed> like;  // where the result has the shape of that operand
};

// With dimensions of 1 in front.
Shape Widened(const Shape& shape, size_t rank) {
  Shape wide(rank - std::min(rank, shape.size()), 1);
  wide.insert(wide.end(), shape.begin(), shape.end());
  return wide;
}

// A constant in that order, without dimensions of 1 in front.
Result<ValueId> ArrangedConstant(NodeContext& c, const Array& array, const Order& order) {
  GOLDCREST_TRY(Array wide, WithShape(array, Widened(array.shape, order.size())));
  std::string how = base::Cat("operand ", tensor::ToString(wide.shape));
  for (size_t axis : order) how += base::Cat(" ", axis);
  for (float scale : array.quantization.scale) how += base::Cat(" ", scale);
  return c.KeptConstant(array, how, [&]() -> Result<Array> {
    GOLDCREST_TRY(const Array made, Permuted(wide, order, c.budget()));
    Shape shape = made.shape;
    while (shape.size() > 1 && shape.front() == 1) shape.erase(shape.begin());
    return WithShape(made, shape);
  });
}

// Operand i in the order of the other one, `leader`.
Result<ValueId> Follow(NodeContext& c, int i, const Order& order) {
  if (c.IsArray(i)) {
    GOLDCREST_TRY(const Array said, c.ArrayOf(i));
    GOLDCREST_TRY(const Array array, c.AsActivation(said));
    return ArrangedConstant(c, array, order);
  }
  GOLDCREST_TRY(Placed placed, c.Value(i));
  placed.shape = Widened(placed.shape, order.size());
  return c.Arranged(placed, order);
}

bool IsOneNumber(const Shape& shape) { return tensor::ElementCount(shape) == 1; }

Result<Pair> Led(NodeContext& c, int leader, size_t rank) {
  const int other = 1 - leader;
  GOLDCREST_TRY(Placed placed, c.Value(leader));
  GOLDCREST_TRY(const Shape shape, c.ShapeOf(other));
  Pair pair;
  ValueId led = placed.id;
  // A number goes with every element, wherever it lies.
  if (c.IsArray(other) && IsOneNumber(shape) && placed.shape.size() == rank) {
    pair.order = Straight(rank);
    pair.like = placed;
  } else {
    placed.shape = Widened(placed.shape, rank);
    GOLDCREST_TRY(const Placed settled, c.Settled(placed));
    pair.order = settled.order;
    led = settled.id;
  }
  GOLDCREST_TRY(const ValueId follower, Follow(c, other, pair.order));
  pair.a = leader == 0 ? led : follower;
  pair.b = leader == 0 ? follower : led;
  return pair;
}

Result<Pair> PairOf(NodeContext& c) {
  GOLDCREST_TRY(const Shape a, c.ShapeOf(0));
  GOLDCREST_TRY(const Shape b, c.ShapeOf(1));
  const size_t rank = std::max(a.size(), b.size());
  // The one that has all dimensions leads; where its order does not suit, the other.
  const int first = c.IsPlaced(0) && (a.size() == rank || !c.IsPlaced(1)) ? 0 : 1;
  auto pair = Led(c, first, rank);
  if (pair || !c.IsPlaced(1 - first)) return pair;
  auto other = Led(c, 1 - first, rank);
  return other ? std::move(other) : std::move(pair);
}

// The graph broadcasts its second operand over the first.
bool IsBroadcastOver(const Shape& a, const Shape& b) {
  bool over = b.size() <= a.size();
  for (size_t i = 1; over && i <= b.size(); ++i) {
    over = b[b.size() - i] == 1 || b[b.size() - i] == a[a.size() - i];
  }
  return over;
}

template <class Op>
Made AddCommutativePair(NodeContext& c, Pair pair, ResultForm form = ResultForm::kFree) {
  if (!IsBroadcastOver(c.ShapeOfValue(pair.a), c.ShapeOfValue(pair.b))) std::swap(pair.a, pair.b);
  GOLDCREST_TRY(const ValueId id, c.Compute(Op{}, {pair.a, pair.b}, form));
  return pair.like ? c.Like(*pair.like, id) : c.In(pair.order, id);
}

bool BothIntegers(NodeContext& c) { return c.IsIntegers(0) && c.IsIntegers(1); }
bool BothArrays(NodeContext& c) { return c.IsArray(0) && c.IsArray(1); }

// What is known of both is computed at once; nothing where they are not known.
Result<std::optional<Operand>> Known(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  if (BothIntegers(c)) {
    GOLDCREST_TRY(Operand made, IntegerArithmetic(c));
    return std::optional<Operand>(std::move(made));
  }
  if (BothArrays(c)) {
    GOLDCREST_TRY(Operand made, FloatArithmetic(c));
    return std::optional<Operand>(std::move(made));
  }
  return std::optional<Operand>();
}

template <class Op>
Made ImportCommutativePair(NodeContext& c) {
  GOLDCREST_TRY(std::optional<Operand> known, Known(c));
  if (known) return std::move(*known);
  GOLDCREST_TRY(Pair pair, PairOf(c));
  return AddCommutativePair<Op>(c, std::move(pair));
}

// Input 1, a constant of the node, as a constant of its own.
Result<ValueId> ChangedConstant(NodeContext& c, ValueId id, std::string_view suffix,
                                float (*change)(float x)) {
  const graph::Value value = c.graph().value(id);
  Array array{base::Cat(value.name, suffix), value.dtype, value.shape, *value.constant,
              value.quantization};
  return c.KeptConstant(array, std::string(suffix), [&]() -> Result<Array> {
    GOLDCREST_TRY(Array made, Reals(array, c.budget()));
    std::vector<float> changed(made.As<float>().begin(), made.As<float>().end());
    GOLDCREST_RETURN_IF_ERROR(c.budget().Take(changed.size() * sizeof(float)));
    std::ranges::transform(changed, changed.begin(), change);
    made.bytes = tensor::SharedBytes::Copy<float>(changed);
    return made;
  });
}

Result<bool> IsTheNumber(NodeContext& c, int i, float number) {
  if (!c.IsArray(i)) return false;
  GOLDCREST_TRY(const Array array, c.RealsOf(i));
  return array.As<float>().size() == 1 && array.As<float>()[0] == number;
}

Made AddActivationOf(NodeContext& c, int i, graph::Activation activation) {
  GOLDCREST_TRY(const Placed x, c.Value(i));
  GOLDCREST_TRY(const ValueId id,
                c.Compute(graph::Activate{activation}, {x.id}, ResultForm::kFree));
  return c.Like(x, id);
}

}  // namespace

Made ImportAdd(NodeContext& c) { return ImportCommutativePair<graph::Add>(c); }
Made ImportMul(NodeContext& c) { return ImportCommutativePair<graph::Mul>(c); }

Made ImportSub(NodeContext& c) {
  GOLDCREST_TRY(std::optional<Operand> known, Known(c));
  if (known) return std::move(*known);
  GOLDCREST_TRY(Pair pair, PairOf(c));
  const bool constant = c.graph().value(pair.b).constant.has_value();
  if (!constant && IsBroadcastOver(c.ShapeOfValue(pair.a), c.ShapeOfValue(pair.b))) {
    GOLDCREST_TRY(const ValueId id, c.Compute(graph::Sub{}, {pair.a, pair.b}, ResultForm::kFree));
    return pair.like ? c.Like(*pair.like, id) : c.In(pair.order, id);
  }
  if (constant) {
    GOLDCREST_TRY(pair.b, ChangedConstant(c, pair.b, "/negated", [](float x) { return -x; }));
  } else {
    GOLDCREST_TRY(const ValueId real, c.Real(pair.b));
    GOLDCREST_TRY(pair.b,
                  c.Append(graph::Mul{}, {real, c.AddNumber("/minus_one", -1)}, "/negated"));
  }
  return AddCommutativePair<graph::Add>(c, std::move(pair));
}

Made ImportDiv(NodeContext& c) {
  GOLDCREST_TRY(std::optional<Operand> known, Known(c));
  if (known) return std::move(*known);
  GOLDCREST_TRY(Pair pair, PairOf(c));
  if (!c.graph().value(pair.b).constant) {
    if (!IsBroadcastOver(c.ShapeOfValue(pair.a), c.ShapeOfValue(pair.b))) {
      return Fail(ErrorCode::kUnsupported, "divides a smaller tensor by a larger one");
    }
    GOLDCREST_TRY(pair.a, c.Real(pair.a));
    GOLDCREST_TRY(pair.b, c.Real(pair.b));
    GOLDCREST_TRY(const ValueId id, c.Append(graph::Div{}, {pair.a, pair.b}));
    return pair.like ? c.Like(*pair.like, id) : c.In(pair.order, id);
  }
  GOLDCREST_TRY(pair.b, ChangedConstant(c, pair.b, "/reciprocal", [](float x) { return 1 / x; }));
  return AddCommutativePair<graph::Mul>(c, std::move(pair));
}

// max(x, 0) is a ReLU.
Made ImportMax(NodeContext& c) {
  GOLDCREST_TRY(std::optional<Operand> known, Known(c));
  if (known) return std::move(*known);
  for (int i : {0, 1}) {
    GOLDCREST_TRY(const bool zero, IsTheNumber(c, 1 - i, 0));
    if (c.IsPlaced(i) && zero) return AddActivationOf(c, i, graph::Activation::kRelu);
  }
  GOLDCREST_TRY(Pair pair, PairOf(c));
  return AddCommutativePair<graph::Maximum>(c, std::move(pair), ResultForm::kSame);
}

// min(x, 6) of what is never negative is a ReLU6.
Made ImportMin(NodeContext& c) {
  GOLDCREST_TRY(std::optional<Operand> known, Known(c));
  if (known) return std::move(*known);
  for (int i : {0, 1}) {
    GOLDCREST_TRY(const bool six, IsTheNumber(c, 1 - i, 6));
    if (!c.IsPlaced(i) || !six) continue;
    GOLDCREST_TRY(const Placed x, c.Value(i));
    if (IsNeverNegative(c.import(), x.id)) {
      return AddActivationOf(c, i, graph::Activation::kRelu6);
    }
  }
  GOLDCREST_TRY(Pair pair, PairOf(c));
  return AddCommutativePair<graph::Minimum>(c, std::move(pair), ResultForm::kSame);
}

// Of constants, and squares.
Made ImportPow(NodeContext& c) {
  GOLDCREST_TRY(std::optional<Operand> known, Known(c));
  if (known) return std::move(*known);
  GOLDCREST_TRY(const bool square, IsTheNumber(c, 1, 2));
  if (!square)
    return Fail(ErrorCode::kUnsupported, "is read of constants, and with an exponent of 2");
  GOLDCREST_TRY(const Placed x, c.Value(0));
  GOLDCREST_TRY(const ValueId real, c.Real(x.id));
  GOLDCREST_TRY(const ValueId id, c.Append(graph::Math{graph::MathFunction::kSquare}, {real}));
  return c.Like(x, id);
}

// One slope for all is a leaky ReLU.
Made ImportPRelu(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_TRY(const Array slopes, c.RealsOf(1));
  if (slopes.As<float>().size() == 1) {
    GOLDCREST_TRY(const Placed x, c.Value(0));
    GOLDCREST_TRY(const ValueId id, c.Compute(graph::LeakyRelu{double{slopes.As<float>()[0]}},
                                              {x.id}, ResultForm::kFree));
    return c.Like(x, id);
  }
  GOLDCREST_TRY(Pair pair, PairOf(c));
  GOLDCREST_TRY(pair.a, c.Real(pair.a));
  GOLDCREST_TRY(pair.b, c.Real(pair.b));
  GOLDCREST_TRY(const ValueId id, c.Append(graph::Prelu{}, {pair.a, pair.b}));
  return c.In(pair.order, id);
}

}  // namespace goldcrest::formats::onnx
