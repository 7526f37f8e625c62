#include <cmath>

#include "formats/tflite/operator_versions.h"
#include "formats/tflite/operators.h"
#include "graph/infer.h"

namespace goldcrest::formats::tflite {
namespace {

using flatbuffers::Offset;
using schema::BuiltinOperator;
using schema::BuiltinOptions;

schema::ActivationFunctionType WriteActivation(graph::Activation activation) {
  switch (activation) {
    case graph::Activation::kNone:
      return schema::ActivationFunctionType::NONE;
    case graph::Activation::kRelu:
      return schema::ActivationFunctionType::RELU;
    case graph::Activation::kRelu6:
      return schema::ActivationFunctionType::RELU6;
  }
  GOLDCREST_CHECK(false);
}

// A node being written, with its operands' tensors.
struct Context {
  const graph::Graph& graph;
  const graph::Node& node;
  FileSink& sink;

  flatbuffers::FlatBufferBuilder& builder() const { return sink.builder(); }
  const graph::Value& in(size_t i) const { return graph.value(node.inputs[i]); }
  const std::string& name() const { return graph.NameOf(node); }
  void Put(BuiltinOperator code, std::vector<int32_t> inputs, BuiltinOptions type,
           Offset<void> options) const {
    sink.AddOperator(code, OperatorVersion(graph, node), std::move(inputs), node.output, type,
                     options);
  }
};

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

Status Write(const graph::FullyConnected& op, const Context& c) {
  auto options = schema::CreateFullyConnectedOptions(
      c.builder(), WriteActivation(op.activation),
      schema::FullyConnectedOptionsWeightsFormat::DEFAULT, c.in(0).shape.size() > 2,
      op.asymmetric_inputs, BiasType(c));
  c.Put(BuiltinOperator::FULLY_CONNECTED, LayerInputs(c, c.in(1).shape[0]),
        BuiltinOptions::FullyConnectedOptions, options.Union());
  return {};
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

Status Write(const graph::AveragePool2D& op, const Context& c) {
  return WritePool(BuiltinOperator::AVERAGE_POOL_2D, op, c);
}

Status Write(const graph::MaxPool2D& op, const Context& c) {
  return WritePool(BuiltinOperator::MAX_POOL_2D, op, c);
}

// gamma · (x − mean) / sqrt(variance + epsilon) + beta as x · scale + offset.
Status Write(const graph::BatchNorm& op, const Context& c) {
  for (size_t i = 1; i < 5; ++i) {
    if (!c.in(i).constant) return Fail(ErrorCode::kUnsupported, "its statistics are no constants");
  }
  auto elements = [&](size_t i) { return c.in(i).constant->As<float>(); };
  const size_t channels = elements(1).size();
  std::vector<float> scale(channels);
  std::vector<float> offset(channels);
  for (size_t i = 0; i < channels; ++i) {
    double factor = elements(1)[i] / std::sqrt(elements(4)[i] + op.epsilon);
    scale[i] = static_cast<float>(factor);
    offset[i] = static_cast<float>(elements(2)[i] - elements(3)[i] * factor);
  }
  auto constant = [&](const char* suffix, const std::vector<float>& values) {
    return c.sink.AddTensor({.name = base::Cat(c.name(), suffix),
                             .shape = {static_cast<int64_t>(channels)},
                             .constant = tensor::SharedBytes::Copy<float>(values)});
  };
  graph::Value scaled{.name = base::Cat(c.name(), "/scaled"), .shape = c.in(0).shape};
  int32_t scaled_tensor = c.sink.AddTensor(scaled);
  auto none = schema::ActivationFunctionType::NONE;
  c.sink.AddOperator(BuiltinOperator::MUL, 1, {c.node.inputs[0], constant("/scale", scale)},
                     scaled_tensor, BuiltinOptions::MulOptions,
                     schema::CreateMulOptions(c.builder(), none).Union());
  c.Put(BuiltinOperator::ADD, {scaled_tensor, constant("/offset", offset)},
        BuiltinOptions::AddOptions, schema::CreateAddOptions(c.builder(), none).Union());
  return {};
}

Status Write(const graph::Activate& op, const Context& c) {
  if (op.activation == graph::Activation::kNone) {
    return Fail(ErrorCode::kUnsupported,
                "does nothing and has no .tflite form; leave the pass remove_identity on");
  }
  bool relu = op.activation == graph::Activation::kRelu;
  c.Put(relu ? BuiltinOperator::RELU : BuiltinOperator::RELU6, c.node.inputs, BuiltinOptions::NONE,
        0);
  return {};
}

Status Write(const graph::HardSwish&, const Context& c) {
  c.Put(BuiltinOperator::HARD_SWISH, c.node.inputs, BuiltinOptions::HardSwishOptions,
        schema::CreateHardSwishOptions(c.builder()).Union());
  return {};
}

Status Write(const graph::Logistic&, const Context& c) {
  c.Put(BuiltinOperator::LOGISTIC, c.node.inputs, BuiltinOptions::NONE, 0);
  return {};
}

Status Write(const graph::Tanh&, const Context& c) {
  c.Put(BuiltinOperator::TANH, c.node.inputs, BuiltinOptions::NONE, 0);
  return {};
}

Status Write(const graph::LeakyRelu& op, const Context& c) {
  auto options = schema::CreateLeakyReluOptions(c.builder(), static_cast<float>(op.alpha));
  c.Put(BuiltinOperator::LEAKY_RELU, c.node.inputs, BuiltinOptions::LeakyReluOptions,
        options.Union());
  return {};
}

Status Write(const graph::Concatenation& op, const Context& c) {
  auto options = schema::CreateConcatenationOptions(c.builder(), static_cast<int>(op.axis));
  c.Put(BuiltinOperator::CONCATENATION, c.node.inputs, BuiltinOptions::ConcatenationOptions,
        options.Union());
  return {};
}

Status Write(const graph::Add& op, const Context& c) {
  bool powers = c.in(0).dtype != tensor::DType::kInt16 || ScalesArePowersOfTwo(c.graph, c.node);
  auto options = schema::CreateAddOptions(c.builder(), WriteActivation(op.activation), powers);
  c.Put(BuiltinOperator::ADD, c.node.inputs, BuiltinOptions::AddOptions, options.Union());
  return {};
}

Status Write(const graph::Mul& op, const Context& c) {
  auto options = schema::CreateMulOptions(c.builder(), WriteActivation(op.activation));
  c.Put(BuiltinOperator::MUL, c.node.inputs, BuiltinOptions::MulOptions, options.Union());
  return {};
}

Status Write(const graph::Pad& op, const Context& c) {
  std::vector<int32_t> paddings;
  for (size_t i = 0; i < op.before.size(); ++i) {
    paddings.push_back(static_cast<int32_t>(op.before[i]));
    paddings.push_back(static_cast<int32_t>(op.after[i]));
  }
  int32_t counts = c.sink.AddVector(base::Cat(c.name(), "/paddings"),
                                    {static_cast<int64_t>(op.before.size()), 2}, paddings);
  c.Put(BuiltinOperator::PAD, {c.node.inputs[0], counts}, BuiltinOptions::PadOptions,
        schema::CreatePadOptions(c.builder()).Union());
  return {};
}

Status Write(const graph::Mean& op, const Context& c) {
  std::vector<int32_t> axes(op.axes.begin(), op.axes.end());
  int32_t tensor =
      c.sink.AddVector(base::Cat(c.name(), "/axes"), {static_cast<int64_t>(axes.size())}, axes);
  c.Put(BuiltinOperator::MEAN, {c.node.inputs[0], tensor}, BuiltinOptions::ReducerOptions,
        schema::CreateReducerOptions(c.builder(), op.keep_dims).Union());
  return {};
}

Status Write(const graph::Softmax& op, const Context& c) {
  auto options = schema::CreateSoftmaxOptions(c.builder(), static_cast<float>(op.beta));
  c.Put(BuiltinOperator::SOFTMAX, c.node.inputs, BuiltinOptions::SoftmaxOptions, options.Union());
  return {};
}

Status Write(const graph::Reshape& op, const Context& c) {
  if (c.node.inputs.size() == 2) {
    c.Put(BuiltinOperator::RESHAPE, c.node.inputs, BuiltinOptions::ReshapeOptions,
          schema::CreateReshapeOptions(c.builder()).Union());
    return {};
  }
  std::vector<int32_t> shape(op.shape.begin(), op.shape.end());
  int32_t tensor =
      c.sink.AddVector(base::Cat(c.name(), "/shape"), {static_cast<int64_t>(shape.size())}, shape);
  c.Put(BuiltinOperator::RESHAPE, {c.node.inputs[0], tensor}, BuiltinOptions::ReshapeOptions,
        schema::CreateReshapeOptionsDirect(c.builder(), &shape).Union());
  return {};
}

Status Write(const graph::ShapeOf&, const Context& c) {
  c.Put(BuiltinOperator::SHAPE, c.node.inputs, BuiltinOptions::ShapeOptions,
        schema::CreateShapeOptions(c.builder(), schema::TensorType::INT32).Union());
  return {};
}

Status Write(const graph::StridedSlice& op, const Context& c) {
  auto vector = [&](const char* suffix, int64_t element) {
    int32_t v = static_cast<int32_t>(element);
    return c.sink.AddVector(base::Cat(c.name(), suffix), {1}, std::span(&v, 1));
  };
  std::vector<int32_t> inputs = {c.node.inputs[0], vector("/begin", op.begin),
                                 vector("/end", op.end), vector("/stride", op.stride)};
  auto options = schema::CreateStridedSliceOptions(c.builder(), 0, 0, 0, 0, op.scalar ? 1 : 0);
  c.Put(BuiltinOperator::STRIDED_SLICE, std::move(inputs), BuiltinOptions::StridedSliceOptions,
        options.Union());
  return {};
}

Status Write(const graph::Pack&, const Context& c) {
  auto options = schema::CreatePackOptions(c.builder(), static_cast<int>(c.node.inputs.size()), 0);
  c.Put(BuiltinOperator::PACK, c.node.inputs, BuiltinOptions::PackOptions, options.Union());
  return {};
}

Status Write(const graph::Quantize&, const Context& c) {
  c.Put(BuiltinOperator::QUANTIZE, c.node.inputs, BuiltinOptions::NONE, 0);
  return {};
}

Status Write(const graph::Dequantize&, const Context& c) {
  c.Put(BuiltinOperator::DEQUANTIZE, c.node.inputs, BuiltinOptions::NONE, 0);
  return {};
}

Status WriteTrainingOnly() {
  return Fail(ErrorCode::kUnsupported,
              "is for training only and has no .tflite form; leave the pass remove_training on");
}

Status Write(const graph::Dropout&, const Context&) { return WriteTrainingOnly(); }
Status Write(const graph::TrainingOnly&, const Context&) { return WriteTrainingOnly(); }

}  // namespace

Status WriteOperator(const graph::Graph& graph, size_t index, FileSink& sink) {
  const Context context{graph, graph.nodes[index], sink};
  Status written = std::visit([&](const auto& op) { return Write(op, context); }, context.node.op);
  return Within(graph::Describe(graph, index), std::move(written));
}

}  // namespace goldcrest::formats::tflite
