#include "formats/keras/write_layers.h"

#include <cmath>

#include "formats/keras/weight_layout.h"

namespace goldcrest::formats::keras {
namespace {

using graph::Activation;
using graph::ValueId;
using nlohmann::json;
using tensor::Shape;

constexpr char kChannelsLast[] = "channels_last";

template <class... Parts>
std::unexpected<Error> NoLayer(const Parts&... parts) {
  return Fail(ErrorCode::kUnsupported, parts..., "; Keras has no layer for it");
}

// What makes operand `i`, which must be no constant.
Result<CallOutput> Operand(const NodeContext& c, size_t i) {
  if (std::optional<CallOutput> made = c.sink.Find(c.node.inputs[i])) return *made;
  return NoLayer("reads the constant '", c.in(i).name, "' of the shape ",
                 tensor::ToString(c.in(i).shape));
}

// Makes what this node makes, out of operand 0.
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

// A layer that has no activation of its own, then a ReLU where the node has one, which takes the
// name.
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

// The activation that the operator is, by the name of Keras' function; empty where it is none.
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

// Layers with weights.

Result<const graph::Value*> Constant(const NodeContext& c, size_t i) {
  const graph::Value& value = c.in(i);
  if (value.constant) return &value;
  return NoLayer("its weights '", value.name, "' are computed");
}

// One weight as it is.
Status AddWeight(const NodeContext& c, size_t i, const char* name, WrittenLayer& layer) {
  GOLDCREST_TRY(const graph::Value* value, Constant(c, i));
  layer.weights.push_back({name, value->shape, *value->constant});
  return {};
}

// The layer called on `x`, with the activation that the node has fused or that follows as a step of
// the same layer.
Status PutWeighted(const NodeContext& c, WrittenLayer layer, CallOutput x, Activation activation) {
  const graph::Node* last = &c.node;
  layer.config["activation"] =
      activation == Activation::kNone ? "linear" : std::string(graph::NameOf(activation));
  const graph::Node* next =
      activation == Activation::kNone ? c.sink.NextStep(c.node, "/linear") : nullptr;
  if (next != nullptr) {
    std::string_view function = FunctionOf(next->op, c.sink.spelling());
    if (!function.empty()) {
      layer.config["activation"] = function;
      c.sink.Absorb(*next);
      last = next;
    }
  }
  std::string key = base::Cat(layer.class_name, layer.config.dump());
  for (size_t i = 1; i < c.node.inputs.size(); ++i) key += base::Cat(" ", c.node.inputs[i]);
  c.sink.Put(last->output,
             c.sink.AppendOrCall(key, c.graph.NameOf(*last), std::move(layer), {{x}, c.shape()}));
  return {};
}

// The input of a convolution, with the zeros around it that no word of Keras says, and that word.
Result<CallOutput> PaddedInput(const NodeContext& c, const graph::Padding& padding, json& config) {
  GOLDCREST_TRY(CallOutput x, Operand(c, 0));
  config["padding"] = padding.kind == graph::PaddingKind::kSame ? "same" : "valid";
  if (padding.kind != graph::PaddingKind::kExplicit) return x;
  Shape shape = c.in(0).shape;
  if (shape[1] >= 0) shape[1] += padding.top + padding.bottom;
  if (shape[2] >= 0) shape[2] += padding.left + padding.right;
  json zeros = {{padding.top, padding.bottom}, {padding.left, padding.right}};
  return c.sink.Append(base::Cat(c.name(), "_pad"),
                       {.class_name = "ZeroPadding2D",
                        .config = {{"padding", std::move(zeros)}, {"data_format", kChannelsLast}}},
                       {{x}, std::move(shape)});
}

// `filter` is the operand OHWI or 1HWO.
Status PutConvolution(const NodeContext& c, const graph::ConvolutionAttributes& op,
                      WrittenLayer layer) {
  const Shape& filter = c.in(1).shape;
  json& config = layer.config;
  config["kernel_size"] = {filter[1], filter[2]};
  config["strides"] = {op.stride_h, op.stride_w};
  config["dilation_rate"] = {op.dilation_h, op.dilation_w};
  config["data_format"] = kChannelsLast;
  config["use_bias"] = c.node.inputs.size() == 3;
  if (c.node.inputs.size() == 3) GOLDCREST_RETURN_IF_ERROR(AddWeight(c, 2, "bias", layer));
  GOLDCREST_TRY(CallOutput x, PaddedInput(c, op.padding, config));
  return PutWeighted(c, std::move(layer), x, op.activation);
}

Status Write(const graph::Conv2D& op, const NodeContext& c) {
  GOLDCREST_TRY(const graph::Value* filter, Constant(c, 1));
  GOLDCREST_TRY(tensor::Tensor kernel,
                ConvolutionKernel(filter->constant->As<float>(), filter->shape));
  WrittenLayer layer{.class_name = "Conv2D", .config = {{"filters", filter->shape[0]}}};
  Shape shape = kernel.shape();
  layer.weights.push_back(
      {"kernel", std::move(shape), tensor::SharedBytes::Own(std::move(kernel).TakeBuffer())});
  return PutConvolution(c, op, std::move(layer));
}

Status Write(const graph::DepthwiseConv2D& op, const NodeContext& c) {
  GOLDCREST_TRY(const graph::Value* filter, Constant(c, 1));
  const Shape& s = filter->shape;
  const int64_t channels = c.in(0).shape[3];
  if (channels < 1) return NoLayer("the number of its input's channels is unknown");
  WrittenLayer layer{.class_name = "DepthwiseConv2D",
                     .config = {{"depth_multiplier", s[3] / channels}}};
  layer.weights.push_back(
      {"depthwise_kernel", {s[1], s[2], channels, s[3] / channels}, *filter->constant});
  return PutConvolution(c, op, std::move(layer));
}

Status Write(const graph::FullyConnected& op, const NodeContext& c) {
  GOLDCREST_TRY(const graph::Value* weights, Constant(c, 1));
  GOLDCREST_TRY(tensor::Tensor kernel, DenseKernel(weights->constant->As<float>(), weights->shape));
  const bool has_bias = c.node.inputs.size() == 3;
  WrittenLayer layer{.class_name = "Dense",
                     .config = {{"units", weights->shape[0]}, {"use_bias", has_bias}}};
  Shape shape = kernel.shape();
  layer.weights.push_back(
      {"kernel", std::move(shape), tensor::SharedBytes::Own(std::move(kernel).TakeBuffer())});
  if (has_bias) GOLDCREST_RETURN_IF_ERROR(AddWeight(c, 2, "bias", layer));
  GOLDCREST_TRY(CallOutput x, Operand(c, 0));
  return PutWeighted(c, std::move(layer), x, op.activation);
}

Status Write(const graph::BatchNorm& op, const NodeContext& c) {
  WrittenLayer layer{.class_name = "BatchNormalization",
                     .config = {{"axis", -1},
                                {"momentum", op.momentum},
                                {"epsilon", op.epsilon},
                                {"center", true},
                                {"scale", true}}};
  size_t operand = 1;
  for (const char* name : {"gamma", "beta", "moving_mean", "moving_variance"}) {
    GOLDCREST_RETURN_IF_ERROR(AddWeight(c, operand++, name, layer));
  }
  GOLDCREST_TRY(CallOutput x, Operand(c, 0));
  std::string key = base::Cat(layer.class_name, layer.config.dump());
  for (size_t i = 1; i < c.node.inputs.size(); ++i) key += base::Cat(" ", c.node.inputs[i]);
  c.sink.Put(c.node.output, c.sink.AppendOrCall(key, c.name(), std::move(layer), {{x}, c.shape()}));
  return {};
}

// Activations.

Status PutFunction(const NodeContext& c, std::string_view function) {
  return Put(c, "Activation", {{"activation", function}});
}

Status Write(const graph::Activate& op, const NodeContext& c) {
  if (op.activation == Activation::kNone) return PutFunction(c, "linear");
  return Put(c, "ReLU", ReluConfig(op.activation));
}

json Rescaling(const json& scale, const json& offset) {
  return {{"scale", scale}, {"offset", offset}};
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
  step("_shifted", "Rescaling", Rescaling(1.0, 3.0));
  step("_limited", "ReLU", ReluConfig(Activation::kRelu6));
  step("_gate", "Rescaling", Rescaling(1.0 / 6, 0.0));
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

// Sums and products.

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
  return PutActivated(c, {.class_name = "Rescaling", .config = Rescaling(scale, offset)}, {x},
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

// Layers that move, pool or pass on elements.

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

Status Write(const graph::Dropout& op, const NodeContext& c) {
  return Put(c, "Dropout", {{"rate", op.rate}});
}

// Its configuration is not known any more; without it the model predicts the same.
Status Write(const graph::TrainingOnly& /*op*/, const NodeContext& c) {
  GOLDCREST_TRY(CallOutput x, Operand(c, 0));
  c.sink.Put(c.node.output, x);
  return {};
}

template <class Op>
Status Write(const Op& /*op*/, const NodeContext& /*c*/) {
  return NoLayer("is ", Op::kName);
}

}  // namespace

Status WriteLayers(const NodeContext& c) {
  return std::visit([&](const auto& op) { return Write(op, c); }, c.node.op);
}

}  // namespace goldcrest::formats::keras
