// Activations, sums and products.
#include <cmath>

#include "formats/keras/write_layers.h"

namespace goldcrest::formats::keras {
namespace {

using graph::Activation;
using nlohmann::json;
using tensor::Shape;

// A constant operand in a configuration: one number, or one a channel of x.
Result<json> NumbersOf(const graph::Value& constant, const Shape& x) {
  std::span<const float> elements = constant.constant->As<float>();
  for (float element : elements) {
    if (!std::isfinite(element)) return NoLayer("its constant holds ", element);
  }
  const bool fits = constant.shape.size() <= x.size();
  if (fits && elements.size() == 1) return json(elements[0]);
  const bool by_channel = fits && !constant.shape.empty() && constant.shape.back() == x.back() &&
                          static_cast<int64_t>(elements.size()) == x.back();
  if (by_channel) return json(elements);
  return NoLayer("its constant '", constant.name, "' has the shape ",
                 tensor::ToString(constant.shape), ", neither one number nor one a channel");
}

// Index of the operand that is a constant.
std::optional<size_t> ConstantOperand(const graph::Graph& graph, const graph::Node& node) {
  for (size_t i : {size_t{1}, size_t{0}}) {
    if (graph.value(node.inputs[i]).constant) return i;
  }
  return std::nullopt;
}

Status PutRescaling(const NodeContext& c, CallOutput x, const json& scale, const json& offset,
                    Activation activation) {
  return PutActivated(c, {.class_name = "Rescaling", .config = RescalingConfig(scale, offset)}, {x},
                      activation);
}

// Two tensors.
Status PutMerge(const NodeContext& c, std::string class_name, Activation activation) {
  if (c.in(0).shape.size() != c.in(1).shape.size()) {
    return NoLayer("its operands have the shapes ", tensor::ToString(c.in(0).shape), " and ",
                   tensor::ToString(c.in(1).shape));
  }
  GOLDCREST_TRY(CallOutput a, Operand(c, 0));
  GOLDCREST_TRY(CallOutput b, Operand(c, 1));
  return PutActivated(
      c, {.class_name = std::move(class_name), .config = json::object(), .takes_list = true},
      {a, b}, activation);
}

}  // namespace

Status Write(const graph::Activate& op, const NodeContext& c) {
  if (op.activation == Activation::kNone) return PutFunction(c, "linear");
  return Put(c, "ReLU", ReluConfig(op.activation));
}

Status Write(const graph::HardSwish& op, const NodeContext& c) {
  if (c.sink.spelling() == Spelling::kKeras3)
    return PutFunction(c, FunctionOf(op, Spelling::kKeras3));
  // x · (relu6(x + 3) · 1/6).
  GOLDCREST_TRY(CallOutput x, Operand(c, 0));
  CallOutput gate = x;
  auto step = [&](std::string_view suffix, std::string class_name, json config) {
    gate = c.sink.Append(base::Cat(c.name(), suffix),
                         {.class_name = std::move(class_name), .config = std::move(config)},
                         {{gate}, c.shape()});
  };
  step("_shifted", "Rescaling", RescalingConfig(1.0, 3.0));
  step("_limited", "ReLU", ReluConfig(Activation::kRelu6));
  step("_gate", "Rescaling", RescalingConfig(1.0 / 6, 0.0));
  return PutActivated(c, {.class_name = "Multiply", .config = json::object(), .takes_list = true},
                      {x, gate}, Activation::kNone);
}

Status Write(const graph::Logistic& op, const NodeContext& c) {
  return PutFunction(c, FunctionOf(op, c.sink.spelling()));
}

Status Write(const graph::Tanh& op, const NodeContext& c) {
  return PutFunction(c, FunctionOf(op, c.sink.spelling()));
}

Status Write(const graph::LeakyRelu& op, const NodeContext& c) {
  const char* key = c.sink.spelling() == Spelling::kKeras3 ? "negative_slope" : "alpha";
  return Put(c, "LeakyReLU", {{key, op.alpha}});
}

Status Write(const graph::Softmax& op, const NodeContext& c) {
  if (op.beta != 1) return NoLayer("its beta is ", op.beta);
  return Put(c, "Softmax", {{"axis", -1}});
}

Status Write(const graph::Add& op, const NodeContext& c) {
  std::optional<size_t> constant = ConstantOperand(c.graph, c.node);
  if (!constant) return PutMerge(c, "Add", op.activation);
  GOLDCREST_TRY(CallOutput x, Operand(c, 1 - *constant));
  GOLDCREST_TRY(json offset, NumbersOf(c.in(*constant), c.shape()));
  return PutRescaling(c, x, 1.0, offset, op.activation);
}

// With the addition after it where the two are one layer's steps.
Status Write(const graph::Mul& op, const NodeContext& c) {
  std::optional<size_t> constant = ConstantOperand(c.graph, c.node);
  if (!constant) return PutMerge(c, "Multiply", op.activation);
  GOLDCREST_TRY(CallOutput x, Operand(c, 1 - *constant));
  GOLDCREST_TRY(json scale, NumbersOf(c.in(*constant), c.shape()));
  const graph::Node* next = c.sink.NextStep(c.node, "/scaled");
  const graph::Add* add = next != nullptr ? std::get_if<graph::Add>(&next->op) : nullptr;
  if (add == nullptr || op.activation != Activation::kNone) {
    return PutRescaling(c, x, scale, 0.0, op.activation);
  }
  std::optional<size_t> summand = ConstantOperand(c.graph, *next);
  if (!summand) return PutRescaling(c, x, scale, 0.0, op.activation);
  const NodeContext last{c.graph, *next, c.sink};
  GOLDCREST_TRY(json offset, NumbersOf(last.in(*summand), last.shape()));
  c.sink.Absorb(*next);
  return PutRescaling(last, x, scale, offset, add->activation);
}

}  // namespace goldcrest::formats::keras
