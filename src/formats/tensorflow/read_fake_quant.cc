// What graphs have that were trained for integers.
#include <algorithm>
#include <cmath>

#include "formats/tensorflow/operators.h"

namespace goldcrest::formats::tensorflow {
namespace {

struct RangeEnds {
  std::vector<float> min, max;
};

// `count`: how many ranges there are, one or one for each index of the last dimension.
Result<RangeEnds> EndsOf(NodeContext& c, size_t count) {
  RangeEnds ends;
  if (c.Is("FakeQuantWithMinMaxArgs")) {
    GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
    GOLDCREST_TRY(const double min, c.attributes().Number("min", -6));
    GOLDCREST_TRY(const double max, c.attributes().Number("max", 6));
    ends = {{static_cast<float>(min)}, {static_cast<float>(max)}};
  } else {
    GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(3, 3));
    GOLDCREST_TRY(ends.min, c.FloatVectorOf(1, count));
    GOLDCREST_TRY(ends.max, c.FloatVectorOf(2, count));
  }
  for (size_t i = 0; i < ends.min.size(); ++i) {
    if (ends.min[i] <= ends.max[i] && std::isfinite(ends.max[i] - ends.min[i])) continue;
    return Invalid("has the range ", ends.min[i], " to ", ends.max[i]);
  }
  return ends;
}

}  // namespace

Made ImportFakeQuant(NodeContext& c) {
  const bool per_channel = c.Is("FakeQuantWithMinMaxVarsPerChannel");
  GOLDCREST_TRY(const Operand* input, c.Input(0));
  graph::FakeQuant op;
  GOLDCREST_TRY(op.bits, c.attributes().Integer("num_bits", op.bits));
  GOLDCREST_TRY(op.narrow_range, c.attributes().Flag("narrow_range", op.narrow_range));
  constexpr int64_t kMostBits = 16;
  if (op.bits < 2 || op.bits > kMostBits) return Invalid("counts with ", op.bits, " bits");
  const auto* floats = std::get_if<Floats>(input);
  tensor::Shape shape;
  graph::ValueId x = -1;
  if (floats != nullptr) {
    shape = floats->shape;
  } else {
    GOLDCREST_TRY(x, c.Value(0));
    shape = c.ShapeOf(x);
  }
  if (per_channel && (shape.empty() || shape.back() < 1)) {
    return Invalid("has a range a channel, but x has the shape ", tensor::ToString(shape));
  }
  GOLDCREST_TRY(RangeEnds ends, EndsOf(c, per_channel ? static_cast<size_t>(shape.back()) : 1));
  if (floats != nullptr) return RangedFloats{*floats, op, std::move(ends.min), std::move(ends.max)};
  op.axis = per_channel ? std::ssize(shape) - 1 : 0;
  const tensor::Shape ranges = {std::ssize(ends.min)};
  const graph::ValueId low = c.graph().AddConstant(base::Cat(c.name(), "/min"), ranges, ends.min);
  const graph::ValueId high = c.graph().AddConstant(base::Cat(c.name(), "/max"), ranges, ends.max);
  return c.Add(op, {x, low, high});
}

}  // namespace goldcrest::formats::tensorflow
