// Convolutions, fully connected layers and pools.
#include <algorithm>

#include "formats/tflite/operator_versions.h"
#include "formats/tflite/write_operators.h"
#include "graph/padding.h"

namespace goldcrest::formats::tflite {
namespace {

using schema::BuiltinOperator;
using schema::BuiltinOptions;

// The padding as TFLite's two words can say it; explicit zeros that they cannot become a PAD
// before.
schema::Padding WritePadding(const graph::ConvolutionAttributes& op, const Context& c,
                             int32_t& input) {
  if (op.padding.kind == graph::PaddingKind::kSame) return schema::Padding::SAME;
  if (op.padding.kind == graph::PaddingKind::kValid) return schema::Padding::VALID;
  const tensor::Shape& x = c.in(0).shape;
  const tensor::Shape& filter = c.in(1).shape;
  auto resolve = [&](const graph::Padding& padding) {
    graph::ConvolutionAttributes other = op;
    other.padding = padding;
    return graph::ResolvePadding(other, x[1], x[2], filter[1], filter[2]);
  };
  graph::PaddingCounts zeros = resolve(op.padding);
  if (zeros == graph::PaddingCounts{}) return schema::Padding::VALID;
  bool size_known = x[1] > 0 && x[2] > 0;
  if (size_known && zeros == resolve({.kind = graph::PaddingKind::kSame})) {
    return schema::Padding::SAME;
  }
  std::vector<int32_t> paddings = {0,
                                   0,
                                   static_cast<int32_t>(zeros.top),
                                   static_cast<int32_t>(zeros.bottom),
                                   static_cast<int32_t>(zeros.left),
                                   static_cast<int32_t>(zeros.right),
                                   0,
                                   0};
  graph::Value padded{.name = base::Cat(c.name(), "/pad"),
                      .dtype = c.in(0).dtype,
                      .shape = x,
                      .quantization = c.in(0).quantization};
  if (padded.shape[1] >= 0) padded.shape[1] += zeros.top + zeros.bottom;
  if (padded.shape[2] >= 0) padded.shape[2] += zeros.left + zeros.right;
  int32_t counts = c.sink.AddVector(base::Cat(c.name(), "/paddings"), {4, 2}, paddings);
  int32_t output = c.sink.AddTensor(padded);
  c.sink.AddOperator(BuiltinOperator::PAD, VersionByType(padded.dtype), {input, counts}, output,
                     BuiltinOptions::PadOptions, schema::CreatePadOptions(c.builder()).Union());
  input = output;
  return schema::Padding::VALID;
}

// Zeros for `outputs` channels, of the type and scale that go with the layer's x and weights.
graph::Value ZeroBias(const Context& c, int64_t outputs) {
  graph::Value bias{.name = base::Cat(c.name(), "/bias"), .shape = {outputs}};
  const tensor::Quantization& x = c.in(0).quantization;
  const tensor::Quantization& weights = c.in(1).quantization;
  if (c.in(0).dtype != tensor::DType::kFloat32 && !x.empty() && !weights.empty()) {
    bool wide = c.in(0).dtype == tensor::DType::kInt16;
    bias.dtype = wide ? tensor::DType::kInt64 : tensor::DType::kInt32;
    for (float scale : weights.scale) bias.quantization.scale.push_back(x.scale[0] * scale);
    bias.quantization.zero_point.assign(weights.scale.size(), 0);
  }
  std::vector<std::byte> zeros(tensor::SizeOf(bias.dtype) * static_cast<size_t>(outputs));
  bias.constant = tensor::SharedBytes::Copy<std::byte>(zeros);
  return bias;
}

// x, weights and bias of a layer that has these; a bias that is absent is written as zeros, for not
// every engine takes the operator without.
std::vector<int32_t> LayerInputs(const Context& c, int64_t outputs) {
  std::vector<int32_t> inputs = c.node.inputs;
  if (inputs.size() == 2) inputs.push_back(c.sink.AddTensor(ZeroBias(c, outputs)));
  return inputs;
}

// Stated where activations are int16, which may go with either; else the default.
schema::TensorType BiasType(const Context& c) {
  if (c.in(0).dtype != tensor::DType::kInt16) return schema::TensorType::FLOAT32;
  bool narrow = c.node.inputs.size() == 3 && c.in(2).dtype == tensor::DType::kInt32;
  return narrow ? schema::TensorType::INT32 : schema::TensorType::INT64;
}

Status WritePool(BuiltinOperator code, const graph::PoolAttributes& op, const Context& c) {
  bool same = op.padding.kind == graph::PaddingKind::kSame;
  auto options = schema::CreatePool2DOptions(
      c.builder(), same ? schema::Padding::SAME : schema::Padding::VALID,
      static_cast<int>(op.stride_w), static_cast<int>(op.stride_h), static_cast<int>(op.filter_w),
      static_cast<int>(op.filter_h), WriteActivation(op.activation));
  c.Put(code, c.node.inputs, BuiltinOptions::Pool2DOptions, options.Union());
  return {};
}

}  // namespace

Status Write(const graph::Conv2D& op, const Context& c) {
  std::vector<int32_t> inputs = LayerInputs(c, c.in(1).shape[0]);
  schema::Padding padding = WritePadding(op, c, inputs[0]);
  auto options = schema::CreateConv2DOptions(
      c.builder(), padding, static_cast<int>(op.stride_w), static_cast<int>(op.stride_h),
      WriteActivation(op.activation), static_cast<int>(op.dilation_w),
      static_cast<int>(op.dilation_h), BiasType(c));
  c.Put(BuiltinOperator::CONV_2D, std::move(inputs), BuiltinOptions::Conv2DOptions,
        options.Union());
  return {};
}

Status Write(const graph::DepthwiseConv2D& op, const Context& c) {
  int64_t outputs = c.in(1).shape[3];
  std::vector<int32_t> inputs = LayerInputs(c, outputs);
  schema::Padding padding = WritePadding(op, c, inputs[0]);
  auto options = schema::CreateDepthwiseConv2DOptions(
      c.builder(), padding, static_cast<int>(op.stride_w), static_cast<int>(op.stride_h),
      static_cast<int>(outputs / c.in(0).shape[3]), WriteActivation(op.activation),
      static_cast<int>(op.dilation_w), static_cast<int>(op.dilation_h));
  c.Put(BuiltinOperator::DEPTHWISE_CONV_2D, std::move(inputs),
        BuiltinOptions::DepthwiseConv2DOptions, options.Union());
  return {};
}

Status Write(const graph::ConvTranspose2D& op, const Context& c) {
  const int64_t batch = std::max<int64_t>(c.in(0).shape[0], 1);
  const int64_t shape[] = {batch, op.height, op.width, c.in(1).shape[0]};
  std::vector<int32_t> inputs = {AddIntegers(c, "/shape", shape), c.node.inputs[1],
                                 c.node.inputs[0]};
  if (c.node.inputs.size() == 3) inputs.push_back(c.node.inputs[2]);
  const bool same = op.padding.kind == graph::PaddingKind::kSame;
  auto options = schema::CreateTransposeConvOptions(
      c.builder(), same ? schema::Padding::SAME : schema::Padding::VALID,
      static_cast<int>(op.stride_w), static_cast<int>(op.stride_h), WriteActivation(op.activation),
      BiasType(c));
  c.Put(BuiltinOperator::TRANSPOSE_CONV, std::move(inputs), BuiltinOptions::TransposeConvOptions,
        options.Union());
  return {};
}

Status Write(const graph::FullyConnected& op, const Context& c) {
  auto options = schema::CreateFullyConnectedOptions(
      c.builder(), WriteActivation(op.activation),
      schema::FullyConnectedOptionsWeightsFormat::DEFAULT, c.in(0).shape.size() > 2,
      op.asymmetric_inputs, BiasType(c));
  c.Put(BuiltinOperator::FULLY_CONNECTED, LayerInputs(c, c.in(1).shape[0]),
        BuiltinOptions::FullyConnectedOptions, options.Union());
  return {};
}

Status Write(const graph::AveragePool2D& op, const Context& c) {
  return WritePool(BuiltinOperator::AVERAGE_POOL_2D, op, c);
}

Status Write(const graph::MaxPool2D& op, const Context& c) {
  return WritePool(BuiltinOperator::MAX_POOL_2D, op, c);
}

}  // namespace goldcrest::formats::tflite
