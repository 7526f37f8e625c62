// Convolutions and dense layers.
#include "formats/keras/layer_context.h"
#include "formats/keras/weight_layout.h"

namespace goldcrest::formats::keras {
namespace {

using graph::ValueId;
using tensor::Shape;
using tensor::Tensor;

Status ReadConvolution(const Context& c, graph::ConvolutionAttributes& op) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectChannelsLast(c));
  GOLDCREST_TRY(auto strides, Pair(c.config(), "strides"));
  std::vector<int64_t> dilation = {1, 1};
  if (Find(c.config(), "dilation_rate") != nullptr) {
    GOLDCREST_TRY(dilation, Pair(c.config(), "dilation_rate"));
  }
  GOLDCREST_TRY(op.padding.kind, ReadPadding(c));
  op.stride_h = strides[0];
  op.stride_w = strides[1];
  op.dilation_h = dilation[0];
  op.dilation_w = dilation[1];
  return {};
}

Status AppendBias(Context& c, std::vector<ValueId>& inputs) {
  GOLDCREST_TRY(bool use_bias, Bool(c.config(), "use_bias", true));
  if (!use_bias) return {};
  GOLDCREST_TRY(ValueId bias, c.Constant("bias", [&] { return Weight(c, {"bias"}, 1); }));
  inputs.push_back(bias);
  return {};
}

// The kernel of a depthwise convolution, 1HW(C·M).
Result<ValueId> DepthwiseKernel(Context& c) {
  return c.Constant("depthwise_kernel", [&]() -> Result<Tensor> {
    GOLDCREST_TRY(Tensor kernel, Weight(c, {"depthwise_kernel", "kernel"}, 4));
    const Shape& s = kernel.shape();
    if (c.shape().size() == 4 && c.shape()[3] != s[2]) {
      return Fail(ErrorCode::kInvalid, "its kernel reads ", s[2], " channels, its input has ",
                  c.shape()[3]);
    }
    return DepthwiseFilter(std::move(kernel));
  });
}

}  // namespace

Added AddConv2D(Context& c) {
  graph::Conv2D op;
  GOLDCREST_RETURN_IF_ERROR(ReadConvolution(c, op));
  GOLDCREST_TRY(int64_t groups, Integer(c.config(), "groups", 1));
  // As many groups as input channels are a depthwise convolution, whose kernel HW1O has the same
  // bytes as 1HWO.
  const bool depthwise = groups != 1 && c.shape().size() == 4 && groups == c.shape()[3];
  if (groups != 1 && !depthwise) {
    return Unsupported("its groups are ", groups, "; 1 or as many as input channels are supported");
  }
  auto kernel = [&]() -> Result<Tensor> {
    GOLDCREST_TRY(Tensor weight, Weight(c, {"kernel"}, 4));
    if (depthwise) return DepthwiseFilter(std::move(weight));
    return ConvolutionFilter(weight);
  };
  GOLDCREST_TRY(ValueId filter, c.Constant("kernel", kernel));
  std::vector<ValueId> inputs = {c.input(), filter};
  GOLDCREST_RETURN_IF_ERROR(AppendBias(c, inputs));
  if (depthwise) return AddActivated(c, graph::DepthwiseConv2D{op}, std::move(inputs));
  return AddActivated(c, op, std::move(inputs));
}

Added AddDepthwiseConv2D(Context& c) {
  graph::DepthwiseConv2D op;
  GOLDCREST_RETURN_IF_ERROR(ReadConvolution(c, op));
  GOLDCREST_TRY(ValueId filter, DepthwiseKernel(c));
  std::vector<ValueId> inputs = {c.input(), filter};
  GOLDCREST_RETURN_IF_ERROR(AppendBias(c, inputs));
  return AddActivated(c, op, std::move(inputs));
}

// A depthwise convolution, then a pointwise one with the bias and the activation.
Added AddSeparableConv2D(Context& c) {
  graph::DepthwiseConv2D op;
  GOLDCREST_RETURN_IF_ERROR(ReadConvolution(c, op));
  GOLDCREST_TRY(ValueId filter, DepthwiseKernel(c));
  auto pointwise = [&]() -> Result<Tensor> {
    GOLDCREST_TRY(Tensor weight, Weight(c, {"pointwise_kernel"}, 4));
    return ConvolutionFilter(weight);
  };
  GOLDCREST_TRY(ValueId kernel, c.Constant("pointwise_kernel", pointwise));
  std::vector<ValueId> inputs = {c.Add(op, {c.input(), filter}, "/depthwise"), kernel};
  GOLDCREST_RETURN_IF_ERROR(AppendBias(c, inputs));
  return AddActivated(c, graph::Conv2D{}, std::move(inputs));
}

Added AddDense(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  auto kernel = [&]() -> Result<Tensor> {
    GOLDCREST_TRY(Tensor weight, Weight(c, {"kernel"}, 2));
    return DenseWeights(weight);
  };
  GOLDCREST_TRY(ValueId weights, c.Constant("kernel", kernel));
  std::vector<ValueId> inputs = {c.input(), weights};
  GOLDCREST_RETURN_IF_ERROR(AppendBias(c, inputs));
  return AddActivated(c, graph::FullyConnected{}, std::move(inputs));
}

}  // namespace goldcrest::formats::keras
