// Convolutions, fully connected layers and pools.
#include <algorithm>
#include <utility>

#include "graph/infer_rules.h"
#include "graph/layer_types.h"
#include "graph/padding.h"

namespace goldcrest::graph {
namespace {

using tensor::DType;
using tensor::Shape;

Status ExpectFilter(const Shape& filter) {
  if (std::ranges::all_of(filter, [](int64_t d) { return d >= 1; })) return {};
  return Invalid("the filter has the shape ", tensor::ToString(filter));
}

// Of x, weights and perhaps a bias.
Status ExpectLayerTypes(Inputs in) {
  std::optional<DType> bias;
  if (in.size() == 3) bias = in[2]->dtype;
  auto arithmetic = LayerArithmeticOf(in[0]->dtype, in[1]->dtype, bias);
  if (!arithmetic) return std::unexpected(std::move(arithmetic.error()));
  return {};
}

int64_t OutputSize(int64_t input, int64_t kernel, int64_t stride, int64_t dilation, int64_t before,
                   int64_t after) {
  int64_t span = (kernel - 1) * dilation + 1;
  int64_t room = input + before + after - span;
  return room < 0 ? 0 : room / stride + 1;
}

Status CheckAttributes(const ConvolutionAttributes& a) {
  for (int64_t n : {a.stride_h, a.stride_w, a.dilation_h, a.dilation_w}) {
    if (n < 1 || n > kLargestDimension) return Invalid("has a stride or dilation of ", n);
  }
  const Padding& p = a.padding;
  for (int64_t n : {p.top, p.bottom, p.left, p.right}) {
    if (n < 0 || n > kLargestDimension) return Invalid("has a padding of ", n);
  }
  return {};
}

Status CheckConvolution(const ConvolutionAttributes& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 3));
  GOLDCREST_RETURN_IF_ERROR(ExpectLayerTypes(in));
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("the input", *in[0], 4));
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("the filter", *in[1], 4));
  GOLDCREST_RETURN_IF_ERROR(CheckAttributes(op));
  return ExpectFilter(in[1]->shape);
}

// The output of a convolution whose filter has kernel_h x kernel_w taps and makes `channels`.
Inferred ConvolutionOutput(const ConvolutionAttributes& a, const Facts& x, int64_t kernel_h,
                           int64_t kernel_w, int64_t channels) {
  PaddingCounts p = ResolvePadding(a, x.shape[1], x.shape[2], kernel_h, kernel_w);
  Shape shape = {x.shape[0], -1, -1, channels};
  if (x.shape[1] >= 0) {
    shape[1] = OutputSize(x.shape[1], kernel_h, a.stride_h, a.dilation_h, p.top, p.bottom);
  }
  if (x.shape[2] >= 0) {
    shape[2] = OutputSize(x.shape[2], kernel_w, a.stride_w, a.dilation_w, p.left, p.right);
  }
  if (shape[1] == 0 || shape[2] == 0) {
    return Invalid("a kernel of ", kernel_h, " x ", kernel_w, " does not fit into a picture of ",
                   x.shape[1], " x ", x.shape[2]);
  }
  return Facts{x.dtype, std::move(shape)};
}

Inferred InferPool(const PoolAttributes& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("the input", *in[0], 4));
  GOLDCREST_RETURN_IF_ERROR(CheckAttributes(WindowOf(op)));
  if (op.padding.kind == PaddingKind::kExplicit) return Invalid("has explicit padding");
  for (int64_t n : {op.filter_h, op.filter_w}) {
    if (n < 1 || n > kLargestDimension) return Invalid("has a window of ", n);
  }
  return ConvolutionOutput(WindowOf(op), *in[0], op.filter_h, op.filter_w, in[0]->shape[3]);
}

}  // namespace

Inferred Infer(const Conv2D& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(CheckConvolution(op, in));
  const Shape& filter = in[1]->shape;
  if (filter[3] != in[0]->shape[3]) {
    return Invalid("the filter reads ", filter[3], " channels, the input has ", in[0]->shape[3]);
  }
  if (in.size() == 3) GOLDCREST_RETURN_IF_ERROR(ExpectVector("the bias", *in[2], filter[0]));
  return ConvolutionOutput(op, *in[0], filter[1], filter[2], filter[0]);
}

Inferred Infer(const DepthwiseConv2D& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(CheckConvolution(op, in));
  const Shape& filter = in[1]->shape;
  int64_t channels = in[0]->shape[3];
  if (filter[0] != 1 || channels < 1 || filter[3] < 1 || filter[3] % channels != 0) {
    return Invalid("the filter ", tensor::ToString(filter), " does not divide over ", channels,
                   " input channels");
  }
  if (in.size() == 3) GOLDCREST_RETURN_IF_ERROR(ExpectVector("the bias", *in[2], filter[3]));
  return ConvolutionOutput(op, *in[0], filter[1], filter[2], filter[3]);
}

// The size of x must be what the convolution would make of the result.
Inferred Infer(const ConvTranspose2D& op, Inputs in) {
  const ConvolutionAttributes forward{
      .stride_h = op.stride_h, .stride_w = op.stride_w, .padding = op.padding};
  GOLDCREST_RETURN_IF_ERROR(CheckConvolution(forward, in));
  if (op.padding.kind == PaddingKind::kExplicit) return Invalid("has explicit padding");
  const Shape& x = in[0]->shape;
  const Shape& filter = in[1]->shape;
  for (int64_t n : {op.height, op.width}) {
    if (n < 1 || n > kLargestDimension) return Invalid("makes a picture of ", n);
  }
  if (filter[3] != x[3]) {
    return Invalid("the filter reads ", filter[3], " channels, the input has ", x[3]);
  }
  if (in.size() == 3) GOLDCREST_RETURN_IF_ERROR(ExpectVector("the bias", *in[2], filter[0]));
  Facts result{in[0]->dtype, {x[0], op.height, op.width, filter[0]}};
  GOLDCREST_TRY(const Facts from,
                ConvolutionOutput(forward, result, filter[1], filter[2], filter[3]));
  if (x[1] != from.shape[1] || x[2] != from.shape[2]) {
    return Invalid("pictures of ", x[1], " x ", x[2], " do not become ", op.height, " x ", op.width,
                   " with these strides");
  }
  return result;
}

Inferred Infer(const FullyConnected&, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 3));
  GOLDCREST_RETURN_IF_ERROR(ExpectLayerTypes(in));
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("the weight", *in[1], 2));
  const Shape& weights = in[1]->shape;
  GOLDCREST_RETURN_IF_ERROR(ExpectFilter(weights));
  Shape shape = in[0]->shape;
  if (shape.size() < 2 || shape.back() != weights[1]) {
    return Invalid("the weights read ", weights[1], " features, the input is ",
                   tensor::ToString(shape));
  }
  if (in.size() == 3) GOLDCREST_RETURN_IF_ERROR(ExpectVector("the bias", *in[2], weights[0]));
  shape.back() = weights[0];
  return Facts{in[0]->dtype, std::move(shape)};
}

Inferred Infer(const AveragePool2D& op, Inputs in) { return InferPool(op, in); }
Inferred Infer(const MaxPool2D& op, Inputs in) { return InferPool(op, in); }

}  // namespace goldcrest::graph
