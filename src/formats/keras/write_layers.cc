#include "formats/keras/write_layers.h"

namespace goldcrest::formats::keras {

using graph::Activation;
using nlohmann::json;

Result<CallOutput> Operand(const NodeContext& c, size_t i) {
  if (std::optional<CallOutput> made = c.sink.Find(c.node.inputs[i])) return *made;
  return NoLayer("reads the constant '", c.in(i).name, "' of the shape ",
                 tensor::ToString(c.in(i).shape));
}

Status Put(const NodeContext& c, std::string class_name, json config) {
  GOLDCREST_TRY(CallOutput x, Operand(c, 0));
  c.sink.Put(
      c.node.output,
      c.sink.Append(c.name(), {.class_name = std::move(class_name), .config = std::move(config)},
                    {{x}, c.shape()}));
  return {};
}

json ReluConfig(Activation activation) {
  json limit = activation == Activation::kRelu6 ? json(6.0) : json(nullptr);
  return {{"max_value", std::move(limit)}, {"negative_slope", 0.0}, {"threshold", 0.0}};
}

json RescalingConfig(const json& scale, const json& offset) {
  return {{"scale", scale}, {"offset", offset}};
}

Status PutActivated(const NodeContext& c, WrittenLayer layer, std::vector<CallOutput> inputs,
                    Activation activation) {
  const bool alone = activation == Activation::kNone;
  CallOutput made = c.sink.Append(alone ? c.name() : base::Cat(c.name(), "_linear"),
                                  std::move(layer), {std::move(inputs), c.shape()});
  if (!alone) {
    made = c.sink.Append(c.name(), {.class_name = "ReLU", .config = ReluConfig(activation)},
                         {{made}, c.shape()});
  }
  c.sink.Put(c.node.output, made);
  return {};
}

std::string_view FunctionOf(const graph::Op& op, Spelling spelling) {
  if (std::holds_alternative<graph::Logistic>(op)) return "sigmoid";
  if (std::holds_alternative<graph::Tanh>(op)) return "tanh";
  const auto* softmax = std::get_if<graph::Softmax>(&op);
  if (softmax != nullptr && softmax->beta == 1) return "softmax";
  // Keras 2 has no such function.
  bool hard_swish = std::holds_alternative<graph::HardSwish>(op);
  if (hard_swish && spelling == Spelling::kKeras3) return "hard_silu";
  return "";
}

Status PutFunction(const NodeContext& c, std::string_view function) {
  return Put(c, "Activation", {{"activation", function}});
}

namespace {

// All other operators.
template <class Op>
Status Write(const Op& /*op*/, const NodeContext& /*c*/) {
  return NoLayer("is ", Op::kName);
}

}  // namespace

Status WriteLayers(const NodeContext& c) {
  return std::visit([&](const auto& op) { return Write(op, c); }, c.node.op);
}

}  // namespace goldcrest::formats::keras
