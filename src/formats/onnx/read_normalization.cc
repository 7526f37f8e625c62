// Batch normalization and softmax.
#include <algorithm>
#include <array>

#include "formats/onnx/operators.h"

namespace goldcrest::formats::onnx {
namespace {

using graph::ValueId;
using tensor::Shape;

// An order in which `axis` comes last, the others as they lie.
Order WithLast(const Order& order, size_t axis) {
  Order moved = order;
  std::erase(moved, axis);
  moved.push_back(axis);
  return moved;
}

// Over the last dimension of the value.
Made AddSoftmax(NodeContext& c, const Placed& x, size_t axis) {
  GOLDCREST_TRY(const Placed settled, c.Settled(x));
  const Order order = WithLast(settled.order, axis);
  GOLDCREST_TRY(const ValueId arranged, c.Arranged(settled, order));
  GOLDCREST_TRY(const ValueId id, c.Compute(graph::Softmax{}, {arranged}, ResultForm::kFixed));
  return c.In(order, id);
}

// A product of dimensions, where only one that is not known may be a factor.
Result<int64_t> Joined(std::span<const int64_t> dimensions) {
  Shape known(dimensions.begin(), dimensions.end());
  const auto open = std::erase(known, -1);
  const auto count = tensor::ElementCount(known);
  if (open == 0 && count) return *count;
  if (open == 1 && count == 1) return -1;
  return Fail(ErrorCode::kUnsupported, "flattens the shape ", tensor::ToString(dimensions),
              "; state the sizes that the graph leaves open with --input-shapes");
}

}  // namespace

Made ImportBatchNormalization(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(5, 5));
  GOLDCREST_RETURN_IF_ERROR(c.attributes().Expect("training_mode", 0));
  GOLDCREST_RETURN_IF_ERROR(c.attributes().Expect("spatial", 1));
  GOLDCREST_TRY(const Placed x, c.Value(0));
  if (x.shape.size() < 2) return Invalid("normalizes ", tensor::ToString(x.shape));
  GOLDCREST_TRY(const Placed settled, c.Settled(x));
  const Order order = WithLast(settled.order, 1);
  GOLDCREST_TRY(const ValueId arranged, c.Arranged(settled, order));
  graph::BatchNorm op;
  GOLDCREST_TRY(op.epsilon, c.attributes().Number("epsilon", 1e-5F));
  GOLDCREST_TRY(op.momentum, c.attributes().Number("momentum", 0.9F));
  GOLDCREST_TRY(const ValueId real, c.Real(arranged));
  std::vector<ValueId> inputs = {real};
  for (int i = 1; i < 5; ++i) {
    GOLDCREST_TRY(const Array vector,
                  c.RealVectorOf(i, static_cast<size_t>(std::max<int64_t>(x.shape[1], 0))));
    GOLDCREST_TRY(const ValueId id, c.Constant(vector, Straight(1)));
    inputs.push_back(id);
  }
  GOLDCREST_TRY(const ValueId id, c.Append(op, std::move(inputs)));
  return c.In(order, id);
}

Made ImportLpNormalization(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_RETURN_IF_ERROR(c.attributes().Expect("p", 2));
  GOLDCREST_TRY(const Placed x, c.Value(0));
  GOLDCREST_TRY(const int64_t said, c.attributes().Integer("axis", -1));
  GOLDCREST_TRY(const size_t axis, AxisOf(said, x.shape.size()));
  GOLDCREST_TRY(const Placed settled, c.Settled(x));
  const Order order = WithLast(settled.order, axis);
  GOLDCREST_TRY(const ValueId arranged, c.Arranged(settled, order));
  GOLDCREST_TRY(const ValueId real, c.Real(arranged));
  GOLDCREST_TRY(const ValueId id, c.Append(graph::L2Normalize{}, {real}));
  return c.In(order, id);
}

// Before opset 13 it goes over all dimensions from `axis` on.
Made ImportSoftmax(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const Placed x, c.Value(0));
  const bool flattens = c.opset() < 13;
  GOLDCREST_TRY(const int64_t said, c.attributes().Integer("axis", flattens ? 1 : -1));
  GOLDCREST_TRY(const size_t axis, AxisOf(said, x.shape.size()));
  if (!flattens || axis + 1 == x.shape.size()) return AddSoftmax(c, x, axis);
  const std::span<const int64_t> shape = x.shape;
  Placed rows = x;
  GOLDCREST_TRY(const int64_t before, Joined(shape.first(axis)));
  GOLDCREST_TRY(const int64_t behind, Joined(shape.subspan(axis)));
  rows.shape = {before, behind};
  GOLDCREST_TRY(Operand made, AddSoftmax(c, rows, 1));
  std::get<Placed>(made).shape = x.shape;
  return made;
}

}  // namespace goldcrest::formats::onnx
