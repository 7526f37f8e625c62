// Convolutions, fully connected layers, pools and batch normalization.
#include <algorithm>

#include "base/strings.h"
#include "formats/onnx/absorbed_pad.h"
#include "formats/onnx/write_operators.h"
#include "graph/layer_types.h"
#include "graph/padding.h"
#include "tensor/tensor.h"

namespace goldcrest::formats::onnx {
namespace {

using graph::PaddingKind;
using graph::ValueId;
using tensor::DType;

Status ExpectConstant(const Context& c, size_t operand, std::string_view what) {
  if (c.in(operand).constant) return {};
  return Fail(ErrorCode::kUnsupported, "its ", what, " are computed by the model");
}

// The bias of a layer on integers: integers of the products' scale, which engines add to their
// sums; reals where ONNX has no such integers or the engine wants none.
std::string IntegerBias(const Context& c) {
  const graph::Value& bias = c.in(2);
  const auto count = static_cast<size_t>(bias.shape[0]);
  const std::vector<float>& weights = c.in(1).quantization.scale;
  const float x = c.in(0).quantization.scale[0];
  std::vector<float> scales(weights.size());
  std::ranges::transform(weights, scales.begin(), [&](float scale) { return x * scale; });
  if (bias.dtype == DType::kInt32 && c.in(0).dtype != DType::kInt16 &&
      c.options.target != Target::kTensorRt) {
    const bool per_channel = scales.size() > 1;
    const tensor::Shape shape = per_channel ? bias.shape : tensor::Shape{};
    std::vector<WrittenAttribute> attributes;
    if (per_channel) attributes.push_back({"axis", int64_t{0}});
    return c.file.AddNode(
        "DequantizeLinear",
        {c.file.AddInitializer(bias.name, bias.dtype, bias.shape, bias.constant->bytes()),
         c.file.AddFloats(base::Cat(bias.name, "/scale"), shape, scales)},
        c.file.Unique(base::Cat(bias.name, "/dequantized")), attributes);
  }
  const tensor::TensorView view{bias.dtype, bias.shape, bias.constant->bytes()};
  std::vector<float> reals(count);
  for (size_t i = 0; i < count; ++i) {
    reals[i] =
        static_cast<float>(tensor::ElementAsDouble(view, i) * scales[scales.size() > 1 ? i : 0]);
  }
  return c.file.AddFloats(bias.name, bias.shape, reals);
}

// Weights and bias, the latter where the layer has one.
Status AddWeights(const Context& c, const Permutation& permutation,
                  std::vector<std::string>& inputs) {
  GOLDCREST_RETURN_IF_ERROR(ExpectConstant(c, 1, "weights"));
  inputs.push_back(c.values.Weights(c.node.inputs[1], permutation));
  if (c.node.inputs.size() < 3) return {};
  GOLDCREST_RETURN_IF_ERROR(ExpectConstant(c, 2, "biases"));
  const bool integers = StandsForReals(c.in(0));
  inputs.push_back(integers ? IntegerBias(c) : c.values.Weights(c.node.inputs[2], {0}));
  return {};
}

// Zeros around the picture, or the word for SAME where the picture's size is not known.
void AddPadding(const graph::ConvolutionAttributes& op, const tensor::Shape& x, int64_t kernel_h,
                int64_t kernel_w, const graph::Pad* pad,
                std::vector<WrittenAttribute>& attributes) {
  if (op.padding.kind == PaddingKind::kSame && (x[1] < 0 || x[2] < 0)) {
    attributes.push_back({"auto_pad", std::string("SAME_UPPER")});
    return;
  }
  graph::PaddingCounts zeros = graph::ResolvePadding(op, x[1], x[2], kernel_h, kernel_w);
  if (pad != nullptr) {
    zeros.top += pad->before[1];
    zeros.bottom += pad->after[1];
    zeros.left += pad->before[2];
    zeros.right += pad->after[2];
  }
  attributes.push_back(
      {"pads", std::vector<int64_t>{zeros.top, zeros.left, zeros.bottom, zeros.right}});
}

Status WriteConvolution(const graph::ConvolutionAttributes& op, const Context& c, int64_t groups,
                        const Permutation& permutation) {
  const graph::Node* pad = AbsorbedPad(c.graph, c.producers, c.node);
  const ValueId x = pad != nullptr ? pad->inputs[0] : c.node.inputs[0];
  const tensor::Shape& filter = c.in(1).shape;
  std::vector<std::string> inputs = {c.values.Reals(x, Layout::kChannelsFirst)};
  GOLDCREST_RETURN_IF_ERROR(AddWeights(c, permutation, inputs));
  std::vector<WrittenAttribute> attributes = {
      {"kernel_shape", std::vector<int64_t>{filter[1], filter[2]}},
      {"strides", std::vector<int64_t>{op.stride_h, op.stride_w}},
      {"dilations", std::vector<int64_t>{op.dilation_h, op.dilation_w}},
      {"group", groups}};
  AddPadding(op, c.graph.value(x).shape, filter[1], filter[2],
             pad != nullptr ? &std::get<graph::Pad>(pad->op) : nullptr, attributes);
  c.Put("Conv", inputs, Layout::kChannelsFirst, attributes, op.activation);
  return {};
}

Status WritePool(const graph::PoolAttributes& op, const Context& c, std::string_view name) {
  const tensor::Shape& x = c.in(0).shape;
  const std::string input = c.values.Reals(c.node.inputs[0], Layout::kChannelsFirst);
  const bool whole = op.filter_h == x[1] && op.filter_w == x[2] && c.out().shape[1] == 1 &&
                     c.out().shape[2] == 1 && op.padding.kind == PaddingKind::kValid;
  if (whole) {
    c.Put(base::Cat("Global", name), {input}, Layout::kChannelsFirst, {}, op.activation);
    return {};
  }
  std::vector<WrittenAttribute> attributes = {
      {"kernel_shape", std::vector<int64_t>{op.filter_h, op.filter_w}},
      {"strides", std::vector<int64_t>{op.stride_h, op.stride_w}}};
  AddPadding(graph::WindowOf(op), x, op.filter_h, op.filter_w, nullptr, attributes);
  c.Put(name, {input}, Layout::kChannelsFirst, attributes, op.activation);
  return {};
}

}  // namespace

Status Write(const graph::Conv2D& op, const Context& c) {
  return WriteConvolution(op, c, 1, {0, 3, 1, 2});
}

Status Write(const graph::DepthwiseConv2D& op, const Context& c) {
  return WriteConvolution(op, c, c.in(0).shape[3], {3, 0, 1, 2});
}

// The padding is that of the convolution which makes x of the result; what that would leave out of
// the result at its end is added.
Status Write(const graph::ConvTranspose2D& op, const Context& c) {
  const tensor::Shape& x = c.in(0).shape;
  const tensor::Shape& filter = c.in(1).shape;
  if (x[1] < 0 || x[2] < 0) {
    return Fail(ErrorCode::kUnsupported,
                "the size of what it reads is not known; --input-shapes "
                "gives the model a size");
  }
  graph::ConvolutionAttributes convolution;
  convolution.stride_h = op.stride_h;
  convolution.stride_w = op.stride_w;
  convolution.padding = op.padding;
  const graph::PaddingCounts zeros =
      graph::ResolvePadding(convolution, op.height, op.width, filter[1], filter[2]);
  const int64_t rows = op.stride_h * (x[1] - 1) + filter[1] - zeros.top - zeros.bottom;
  const int64_t columns = op.stride_w * (x[2] - 1) + filter[2] - zeros.left - zeros.right;
  std::vector<std::string> inputs = {c.values.Reals(c.node.inputs[0], Layout::kChannelsFirst)};
  GOLDCREST_RETURN_IF_ERROR(AddWeights(c, {3, 0, 1, 2}, inputs));
  c.Put("ConvTranspose", inputs, Layout::kChannelsFirst,
        {{"kernel_shape", std::vector<int64_t>{filter[1], filter[2]}},
         {"strides", std::vector<int64_t>{op.stride_h, op.stride_w}},
         {"pads", std::vector<int64_t>{zeros.top, zeros.left, zeros.bottom, zeros.right}},
         {"output_padding", std::vector<int64_t>{op.height - rows, op.width - columns}}},
        op.activation);
  return {};
}

Status Write(const graph::FullyConnected& op, const Context& c) {
  // Gemm knows rows only.
  const bool rows = c.in(0).shape.size() == 2;
  const tensor::Shape& weights = c.in(1).shape;
  std::string x = c.values.Reals(c.node.inputs[0], Layout::kPlain);
  if (!rows) {
    const std::array<int64_t, 2> shape = {-1, weights[1]};
    x = c.file.AddNode("Reshape", {x, c.file.AddIntegers(c.Name("/rows"), shape)},
                       c.Name("/as_rows"));
    x = c.values.Rounded(c.node.inputs[0], x);
  }
  std::vector<std::string> inputs = {x};
  GOLDCREST_RETURN_IF_ERROR(AddWeights(c, {0, 1}, inputs));
  const std::vector<WrittenAttribute> attributes = {{"transB", int64_t{1}}};
  if (rows) {
    c.Put("Gemm", inputs, Layout::kPlain, attributes, op.activation);
    return {};
  }
  if (std::ranges::count(c.out().shape, -1) > 1) {
    return Fail(ErrorCode::kUnsupported, "more than one dimension of its result is not known");
  }
  if (!c.RoundingClamps(op.activation)) {
    return Fail(ErrorCode::kUnsupported, "it has an activation and more than two dimensions");
  }
  std::string y = c.file.AddNode("Gemm", inputs, c.Name("/rows_out"), attributes);
  y = c.values.Rounded(c.node.output, y);
  c.Put("Reshape", {y, c.file.AddIntegers(c.Name("/shape"), c.out().shape)}, Layout::kPlain);
  return {};
}

Status Write(const graph::AveragePool2D& op, const Context& c) {
  return WritePool(op, c, "AveragePool");
}

Status Write(const graph::MaxPool2D& op, const Context& c) { return WritePool(op, c, "MaxPool"); }

Status Write(const graph::BatchNorm& op, const Context& c) {
  const size_t rank = c.in(0).shape.size();
  if (rank != 4 && rank != 2) {
    return Fail(ErrorCode::kUnsupported, "ONNX normalizes along the second of ", rank,
                " dimensions, the model along the last; the pass fold_batch_norm, which has been "
                "disabled, makes a multiplication and an addition of it");
  }
  const Layout layout = rank == 4 ? Layout::kChannelsFirst : Layout::kPlain;
  std::vector<std::string> inputs = {c.values.Reals(c.node.inputs[0], layout)};
  for (size_t i = 1; i < 5; ++i) {
    GOLDCREST_RETURN_IF_ERROR(ExpectConstant(c, i, "statistics"));
    inputs.push_back(c.values.Weights(c.node.inputs[i], {0}));
  }
  c.Put(
      "BatchNormalization", inputs, layout,
      {{"epsilon", static_cast<float>(op.epsilon)}, {"momentum", static_cast<float>(op.momentum)}});
  return {};
}

}  // namespace goldcrest::formats::onnx
