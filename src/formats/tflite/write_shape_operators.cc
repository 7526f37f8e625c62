// Operators that move elements, reduce them, or compute with shapes.
#include "formats/tflite/write_operators.h"

namespace goldcrest::formats::tflite {

using schema::BuiltinOperator;
using schema::BuiltinOptions;

Status Write(const graph::Pad& op, const Context& c) {
  std::vector<int32_t> paddings;
  for (size_t i = 0; i < op.before.size(); ++i) {
    paddings.push_back(static_cast<int32_t>(op.before[i]));
    paddings.push_back(static_cast<int32_t>(op.after[i]));
  }
  int32_t counts = c.sink.AddVector(base::Cat(c.name(), "/paddings"),
                                    {static_cast<int64_t>(op.before.size()), 2}, paddings);
  c.Put(BuiltinOperator::PAD, {c.node.inputs[0], counts}, BuiltinOptions::PadOptions,
        schema::CreatePadOptions(c.builder()).Union());
  return {};
}

Status Write(const graph::Mean& op, const Context& c) {
  std::vector<int32_t> axes(op.axes.begin(), op.axes.end());
  int32_t tensor =
      c.sink.AddVector(base::Cat(c.name(), "/axes"), {static_cast<int64_t>(axes.size())}, axes);
  c.Put(BuiltinOperator::MEAN, {c.node.inputs[0], tensor}, BuiltinOptions::ReducerOptions,
        schema::CreateReducerOptions(c.builder(), op.keep_dims).Union());
  return {};
}

Status Write(const graph::Reshape& op, const Context& c) {
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
  auto vector = [&](const char* suffix, int64_t element) {
    int32_t v = static_cast<int32_t>(element);
    return c.sink.AddVector(base::Cat(c.name(), suffix), {1}, std::span(&v, 1));
  };
  std::vector<int32_t> inputs = {c.node.inputs[0], vector("/begin", op.begin),
                                 vector("/end", op.end), vector("/stride", op.stride)};
  auto options = schema::CreateStridedSliceOptions(c.builder(), 0, 0, 0, 0, op.scalar ? 1 : 0);
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
