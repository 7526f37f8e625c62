// Convolutions, dense layers and batch normalizations.
#include "formats/keras/weight_layout.h"
#include "formats/keras/write_layers.h"

namespace goldcrest::formats::keras {
namespace {

using graph::Activation;
using nlohmann::json;
using tensor::Shape;

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

// The layer called on `x`, which makes what `last` makes. Nodes that share all their weights are
// calls of one layer.
void CallLayer(const NodeContext& c, WrittenLayer layer, CallOutput x, const graph::Node& last) {
  std::string key = base::Cat(layer.class_name, layer.config.dump());
  for (size_t i = 1; i < c.node.inputs.size(); ++i) key += base::Cat(" ", c.node.inputs[i]);
  c.sink.Put(last.output,
             c.sink.AppendOrCall(key, c.graph.NameOf(last), std::move(layer), {{x}, c.shape()}));
}

// The same with the activation that the node has fused, or that follows as a step of the same
// layer.
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
  CallLayer(c, std::move(layer), x, *last);
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

Status PutConvolution(const NodeContext& c, const graph::ConvolutionAttributes& op,
                      WrittenLayer layer) {
  const Shape& filter = c.in(1).shape;  // OHWI or 1HWO
  const bool strided = op.stride_h > 1 || op.stride_w > 1;
  if (strided && (op.dilation_h > 1 || op.dilation_w > 1)) {
    return NoLayer("has strides and dilations at once");
  }
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

}  // namespace

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
  CallLayer(c, std::move(layer), x, c.node);
  return {};
}

}  // namespace goldcrest::formats::keras
