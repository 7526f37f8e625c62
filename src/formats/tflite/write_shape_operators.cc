// Operators that move elements, reduce them, or compute with shapes.
#include "formats/tflite/write_operators.h"

namespace goldcrest::formats::tflite {

using schema::BuiltinOperator;
using schema::BuiltinOptions;

Status Write(const graph::Pad& op, const Context& c) {
  std::vector<int64_t> paddings;
  for (size_t i = 0; i < op.before.size(); ++i) {
    paddings.push_back(op.before[i]);
    paddings.push_back(op.after[i]);
  }
  int32_t counts =
      AddIntegers(c, "/paddings", paddings, {static_cast<int64_t>(op.before.size()), 2});
  c.Put(BuiltinOperator::PAD, {c.node.inputs[0], counts}, BuiltinOptions::PadOptions,
        schema::CreatePadOptions(c.builder()).Union());
  return {};
}

Status Write(const graph::Mean& op, const Context& c) {
  c.Put(BuiltinOperator::MEAN, {c.node.inputs[0], AddIntegers(c, "/axes", op.axes)},
        BuiltinOptions::ReducerOptions,
        schema::CreateReducerOptions(c.builder(), op.keep_dims).Union());
  return {};
}

Status Write(const graph::Reshape& op, const Context& c) {
  if (IsPartOfDetections(c.graph, c.node)) return {};
  if (c.node.inputs.size() == 2) {
    c.Put(BuiltinOperator::RESHAPE, c.node.inputs, BuiltinOptions::ReshapeOptions,
          schema::CreateReshapeOptions(c.builder()).Union());
    return {};
  }
  std::vector<int32_t> shape(op.shape.begin(), op.shape.end());
  int32_t tensor =
      c.sink.AddVector(base::Cat(c.name(), "/shape"), {static_cast<int64_t>(shape.size())}, shape);
  c.Put(BuiltinOperator::RESHAPE, {c.node.inputs[0], tensor}, BuiltinOptions::ReshapeOptions,
        schema::CreateReshapeOptionsDirect(c.builder(), &shape).Union());
  return {};
}

Status Write(const graph::Concatenation& op, const Context& c) {
  auto options = schema::CreateConcatenationOptions(c.builder(), static_cast<int>(op.axis));
  c.Put(BuiltinOperator::CONCATENATION, c.node.inputs, BuiltinOptions::ConcatenationOptions,
        options.Union());
  return {};
}

Status Write(const graph::ShapeOf&, const Context& c) {
  c.Put(BuiltinOperator::SHAPE, c.node.inputs, BuiltinOptions::ShapeOptions,
        schema::CreateShapeOptions(c.builder(), schema::TensorType::INT32).Union());
  return {};
}

Status Write(const graph::StridedSlice& op, const Context& c) {
  if (IsPartOfDetections(c.graph, c.node)) return {};
  std::vector<int64_t> end;
  int end_mask = 0;
  for (size_t d = 0; d < op.begin.size(); ++d) {
    end.push_back(op.begin[d] + op.size[d] * op.stride[d]);
    // The whole dimension; or backwards beyond the first, which a negative end would not say.
    if (op.size[d] >= 0 && end[d] >= 0) continue;
    end[d] = 0;
    end_mask |= 1 << d;
  }
  int dropped = 0;
  for (int64_t d : op.dropped) dropped |= 1 << d;
  std::vector<int32_t> inputs = {c.node.inputs[0], AddIntegers(c, "/begin", op.begin),
                                 AddIntegers(c, "/end", end), AddIntegers(c, "/stride", op.stride)};
  auto options = schema::CreateStridedSliceOptions(c.builder(), 0, end_mask, 0, 0, dropped);
  c.Put(BuiltinOperator::STRIDED_SLICE, std::move(inputs), BuiltinOptions::StridedSliceOptions,
        options.Union());
  return {};
}

Status Write(const graph::Pack&, const Context& c) {
  auto options = schema::CreatePackOptions(c.builder(), static_cast<int>(c.node.inputs.size()), 0);
  c.Put(BuiltinOperator::PACK, c.node.inputs, BuiltinOptions::PackOptions, options.Union());
  return {};
}

}  // namespace goldcrest::formats::tflite
