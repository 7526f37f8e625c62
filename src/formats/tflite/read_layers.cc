// Convolutions, fully connected layers and pools.
#include "formats/tflite/read_operators.h"

namespace goldcrest::formats::tflite {
namespace {

graph::PaddingKind ReadPadding(schema::Padding padding) {
  return padding == schema::Padding::SAME ? graph::PaddingKind::kSame : graph::PaddingKind::kValid;
}

template <class Op, class Options>
Status ReadConvolution(const Options* options, const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 3));
  if (options == nullptr) return MissingOptions();
  Op op;
  op.stride_h = options->stride_h();
  op.stride_w = options->stride_w();
  op.dilation_h = options->dilation_h_factor();
  op.dilation_w = options->dilation_w_factor();
  op.padding.kind = ReadPadding(options->padding());
  GOLDCREST_TRY(op.activation, ReadActivation(options->fused_activation_function()));
  Append(graph, op, in, 3);
  return {};
}

template <class Op>
Status ReadPool(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  const auto* options = in.op.builtin_options_as_Pool2DOptions();
  if (options == nullptr) return MissingOptions();
  Op op;
  op.filter_h = options->filter_height();
  op.filter_w = options->filter_width();
  op.stride_h = options->stride_h();
  op.stride_w = options->stride_w();
  op.padding.kind = ReadPadding(options->padding());
  GOLDCREST_TRY(op.activation, ReadActivation(options->fused_activation_function()));
  Append(graph, op, in, 1);
  return {};
}

}  // namespace

Status ReadConv2D(const FileOperator& in, graph::Graph& graph) {
  return ReadConvolution<graph::Conv2D>(in.op.builtin_options_as_Conv2DOptions(), in, graph);
}

Status ReadDepthwiseConv2D(const FileOperator& in, graph::Graph& graph) {
  return ReadConvolution<graph::DepthwiseConv2D>(in.op.builtin_options_as_DepthwiseConv2DOptions(),
                                                 in, graph);
}

// The first operand is the shape of the result, which may be computed; the tensor says it too.
Status ReadTransposeConv(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 3, 4));
  const auto* options = in.op.builtin_options_as_TransposeConvOptions();
  if (options == nullptr) return MissingOptions();
  tensor::Shape shape = graph.value(in.output()).shape;
  if (graph.value(in.inputs[0]).constant) {
    GOLDCREST_TRY(shape, ConstantIntegers(graph, in.inputs[0], "the shape of the result"));
  }
  if (shape.size() != 4 || shape[1] < 1 || shape[2] < 1) {
    return Fail(ErrorCode::kUnsupported, "a result of shape ", tensor::ToString(shape));
  }
  graph::ConvTranspose2D op{.stride_h = options->stride_h(),
                            .stride_w = options->stride_w(),
                            .height = shape[1],
                            .width = shape[2]};
  op.padding.kind = ReadPadding(options->padding());
  GOLDCREST_TRY(op.activation, ReadActivation(options->fused_activation_function()));
  FileOperator ordered = in;
  ordered.inputs[0] = in.inputs[2];
  ordered.inputs.erase(ordered.inputs.begin() + 2);
  Append(graph, op, ordered, 3);
  return {};
}

Status ReadFullyConnected(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 3));
  const auto* options = in.op.builtin_options_as_FullyConnectedOptions();
  if (options == nullptr) return MissingOptions();
  if (options->weights_format() != schema::FullyConnectedOptionsWeightsFormat::DEFAULT) {
    return Fail(ErrorCode::kUnsupported, "shuffled weights");
  }
  graph::FullyConnected op;
  op.asymmetric_inputs = options->asymmetric_quantize_inputs();
  GOLDCREST_TRY(op.activation, ReadActivation(options->fused_activation_function()));
  FileOperator flat = in;
  const graph::Value x = graph.value(in.inputs[0]);
  const tensor::Shape weights = graph.value(in.inputs[1]).shape;
  // Without keep_num_dims all leading dimensions become rows.
  bool is_flat = x.shape.size() == 2 && weights.size() == 2 && x.shape[1] == weights[1];
  if (!options->keep_num_dims() && !is_flat && weights.size() == 2) {
    flat.inputs[0] = graph.AddNode(graph::Reshape{{-1, weights[1]}}, {in.inputs[0]},
                                   DerivedName(x.name, "/rows"));
    graph.value(flat.inputs[0]).quantization = x.quantization;
  }
  Append(graph, op, flat, 3);
  return {};
}

Status ReadAveragePool2D(const FileOperator& in, graph::Graph& graph) {
  return ReadPool<graph::AveragePool2D>(in, graph);
}

Status ReadMaxPool2D(const FileOperator& in, graph::Graph& graph) {
  return ReadPool<graph::MaxPool2D>(in, graph);
}

}  // namespace goldcrest::formats::tflite
