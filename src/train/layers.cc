// The table of gradients: a row for each operator.
#include "train/layers.h"

#include "graph/padding.h"

#include "train/layer.h"

namespace goldcrest::train {

kernels::Clamp ClampOf(graph::Activation activation) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kSix = 6;
  switch (activation) {
    case graph::Activation::kNone:
      return {-kInfinity, kInfinity};
    case graph::Activation::kRelu:
      return {0, kInfinity};
    case graph::Activation::kRelu6:
      break;
  }
  return {0, kSix};
}

kernels::Window WindowOf(const graph::ConvolutionAttributes& op, int64_t kernel_h, int64_t kernel_w,
                         const LayerContext& context) {
  const tensor::Shape& in = context.in(0).shape;
  const tensor::Shape& out = context.out().shape;
  const graph::PaddingCounts padding = graph::ResolvePadding(op, in[1], in[2], kernel_h, kernel_w);
  return {.batch = in[0],
          .in_h = in[1],
          .in_w = in[2],
          .out_h = out[1],
          .out_w = out[2],
          .kernel_h = kernel_h,
          .kernel_w = kernel_w,
          .stride_h = op.stride_h,
          .stride_w = op.stride_w,
          .dilation_h = op.dilation_h,
          .dilation_w = op.dilation_w,
          .pad_top = padding.top,
          .pad_left = padding.left};
}

namespace {

using Make = Made (*)(const LayerContext& context);

// Null where an operator has no gradient here.
template <class Op>
constexpr Make kMake = nullptr;

template <>
constexpr Make kMake<graph::Conv2D> = MakeConv2D;
template <>
constexpr Make kMake<graph::DepthwiseConv2D> = MakeDepthwiseConv2D;
template <>
constexpr Make kMake<graph::FullyConnected> = MakeFullyConnected;
template <>
constexpr Make kMake<graph::BatchNorm> = MakeBatchNorm;
template <>
constexpr Make kMake<graph::Activate> = MakeUnary;
template <>
constexpr Make kMake<graph::HardSwish> = MakeUnary;
template <>
constexpr Make kMake<graph::Logistic> = MakeUnary;
template <>
constexpr Make kMake<graph::Tanh> = MakeUnary;
template <>
constexpr Make kMake<graph::LeakyRelu> = MakeUnary;
template <>
constexpr Make kMake<graph::Add> = MakeBinary;
template <>
constexpr Make kMake<graph::Mul> = MakeBinary;
template <>
constexpr Make kMake<graph::AveragePool2D> = MakePool;
template <>
constexpr Make kMake<graph::MaxPool2D> = MakePool;
template <>
constexpr Make kMake<graph::Mean> = MakeMean;
template <>
constexpr Make kMake<graph::Pad> = MakePad;
template <>
constexpr Make kMake<graph::Reshape> = MakeCopy;
template <>
constexpr Make kMake<graph::TrainingOnly> = MakeCopy;
template <>
constexpr Make kMake<graph::Dropout> = MakeDropout;
template <>
constexpr Make kMake<graph::Concatenation> = MakeConcatenation;
template <>
constexpr Make kMake<graph::Softmax> = MakeSoftmax;

Make MakerOf(const graph::Op& op) {
  return std::visit([]<class T>(const T&) { return kMake<T>; }, op);
}

}  // namespace

bool IsTrainable(const graph::Op& op) { return MakerOf(op) != nullptr; }

Made MakeLayer(const LayerContext& context) {
  const Make make = MakerOf(context.node.op);
  if (make != nullptr) return make(context);
  return Fail(ErrorCode::kUnsupported, graph::NameOf(context.node.op), " '",
              context.graph.NameOf(context.node), "' has no gradient, so it cannot be trained");
}

}  // namespace goldcrest::train
