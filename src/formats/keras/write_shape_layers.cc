// Layers that move, pool or pass on elements.
#include "formats/keras/write_layers.h"

namespace goldcrest::formats::keras {
namespace {

using graph::Activation;
using nlohmann::json;
using tensor::Shape;

Status PutPooling(const NodeContext& c, const graph::PoolAttributes& op, std::string class_name) {
  if (op.padding.kind == graph::PaddingKind::kExplicit) return NoLayer("its padding is explicit");
  const bool same = op.padding.kind == graph::PaddingKind::kSame;
  GOLDCREST_TRY(CallOutput x, Operand(c, 0));
  return PutActivated(c,
                      {.class_name = std::move(class_name),
                       .config = {{"pool_size", {op.filter_h, op.filter_w}},
                                  {"strides", {op.stride_h, op.stride_w}},
                                  {"padding", same ? "same" : "valid"},
                                  {"data_format", kChannelsLast}}},
                      {x}, op.activation);
}

}  // namespace

Status Write(const graph::AveragePool2D& op, const NodeContext& c) {
  return PutPooling(c, op, "AveragePooling2D");
}

Status Write(const graph::MaxPool2D& op, const NodeContext& c) {
  return PutPooling(c, op, "MaxPooling2D");
}

Status Write(const graph::Pad& op, const NodeContext& c) {
  const bool around_picture = op.before.size() == 4 && op.before[0] == 0 && op.after[0] == 0 &&
                              op.before[3] == 0 && op.after[3] == 0;
  if (!around_picture) {
    return NoLayer("pads ", tensor::ToString(op.before), " before and ", tensor::ToString(op.after),
                   " after");
  }
  json zeros = {{op.before[1], op.after[1]}, {op.before[2], op.after[2]}};
  return Put(c, "ZeroPadding2D", {{"padding", std::move(zeros)}, {"data_format", kChannelsLast}});
}

Status Write(const graph::Mean& op, const NodeContext& c) {
  if (c.in(0).shape.size() != 4 || op.axes != std::vector<int64_t>{1, 2}) {
    return NoLayer("takes the mean over the axes ", tensor::ToString(op.axes), " of ",
                   tensor::ToString(c.in(0).shape));
  }
  return Put(c, "GlobalAveragePooling2D",
             {{"keepdims", op.keep_dims}, {"data_format", kChannelsLast}});
}

Status Write(const graph::Reshape& /*op*/, const NodeContext& c) {
  const Shape& x = c.in(0).shape;
  const Shape& y = c.shape();
  std::optional<int64_t> before;
  std::optional<int64_t> after;
  if (!x.empty()) before = tensor::ElementCount(std::span(x).subspan(1));
  if (!y.empty()) after = tensor::ElementCount(std::span(y).subspan(1));
  if (!before || before != after) {
    return NoLayer("makes ", tensor::ToString(y), " of ", tensor::ToString(x),
                   ", which changes the batch or has an unknown size");
  }
  if (y.size() == 2) return Put(c, "Flatten", {{"data_format", kChannelsLast}});
  return Put(c, "Reshape", {{"target_shape", Shape(y.begin() + 1, y.end())}});
}

Status Write(const graph::Concatenation& op, const NodeContext& c) {
  if (op.axis == 0) return NoLayer("joins along the batch");
  std::vector<CallOutput> inputs;
  for (size_t i = 0; i < c.node.inputs.size(); ++i) {
    GOLDCREST_TRY(CallOutput x, Operand(c, i));
    inputs.push_back(x);
  }
  if (inputs.size() == 1) return PutFunction(c, "linear");
  return PutActivated(
      c, {.class_name = "Concatenate", .config = {{"axis", op.axis}}, .takes_list = true},
      std::move(inputs), Activation::kNone);
}

Status Write(const graph::FakeQuant& /*op*/, const NodeContext&) {
  return NoLayer("rounds as integers will; a .tflite can say that");
}

Status Write(const graph::Dropout& op, const NodeContext& c) {
  return Put(c, "Dropout", {{"rate", op.rate}});
}

// Its configuration is not known any more; without it the model predicts the same.
Status Write(const graph::TrainingOnly& /*op*/, const NodeContext& c) {
  GOLDCREST_TRY(CallOutput x, Operand(c, 0));
  c.sink.Put(c.node.output, x);
  return {};
}

}  // namespace goldcrest::formats::keras
