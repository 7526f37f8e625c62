#include "architectures/blocks.h"

#include <algorithm>
#include <vector>

#include "graph/infer.h"
#include "graph/verify.h"
#include "tensor/tensor.h"

namespace goldcrest::architectures {
namespace {

constexpr double kEpsilon = 1e-3;  // of all batch normalizations

}  // namespace

int64_t Divisible(double channels) {
  constexpr int64_t kDivisor = 8;
  int64_t nearest = static_cast<int64_t>(channels + kDivisor / 2.0) / kDivisor * kDivisor;
  nearest = std::max(nearest, kDivisor);
  return static_cast<double>(nearest) < 0.9 * channels ? nearest + kDivisor : nearest;
}

Blocks::Value Blocks::Constant(const std::string& name, tensor::Shape shape, float element) {
  auto tensor = tensor::Tensor::Create(tensor::DType::kFloat32, shape);
  if (!tensor) {
    if (status_) status_ = std::unexpected(tensor.error());
    return graph_.AddValue({.name = name, .shape = std::move(shape)});
  }
  if (element != 0) std::ranges::fill(tensor->mutable_view().As<float>(), element);
  return graph_.AddValue({.name = name,
                          .shape = std::move(shape),
                          .constant = tensor::SharedBytes::Own(std::move(*tensor).TakeBuffer())});
}

Blocks::Value Blocks::Append(graph::Op op, std::vector<Value> inputs, const std::string& name) {
  const size_t node = graph_.nodes.size();
  Value output = graph_.AddNode(std::move(op), std::move(inputs), name);
  if (status_) status_ = graph::InferShapesFrom(graph_, node);
  if (!status_) graph_.value(output).shape = {-1, 1, 1, 1};  // goes on, to be dropped by Take
  return output;
}

Blocks::Value Blocks::Input(int64_t size) {
  Value input = graph_.AddValue({.name = "input", .shape = {-1, size, size, 3}});
  graph_.inputs.push_back(input);
  return input;
}

Blocks::Value Blocks::Rescale(Value x, const std::string& name, double scale, double offset) {
  Value factor = Constant(name + "/scale", {1}, static_cast<float>(scale));
  Value summand = Constant(name + "/offset", {1}, static_cast<float>(offset));
  return Append(graph::Add{}, {Append(graph::Mul{}, {x, factor}, name + "/scaled"), summand}, name);
}

Blocks::Value Blocks::Convolution(Value x, const std::string& name, int64_t channels,
                                  int64_t kernel, int64_t stride, bool bias) {
  graph::Conv2D op;
  op.stride_h = op.stride_w = stride;
  op.padding.kind = graph::PaddingKind::kSame;
  std::vector<Value> inputs = {
      x, Constant(name + "/kernel", {channels, kernel, kernel, Channels(x)}, 0)};
  if (bias) inputs.push_back(Constant(name + "/bias", {channels}, 0));
  return Append(op, std::move(inputs), name);
}

Blocks::Value Blocks::Depthwise(Value x, const std::string& name, const std::string& pad_name,
                                int64_t kernel, int64_t stride) {
  graph::DepthwiseConv2D op;
  op.stride_h = op.stride_w = stride;
  op.padding.kind = graph::PaddingKind::kSame;
  if (stride > 1) {
    const int64_t after = kernel / 2;
    auto before = [&](size_t d) { return after - (Shape(x)[d] % 2 == 0 ? 1 : 0); };
    x = Append(graph::Pad{{0, before(1), before(2), 0}, {0, after, after, 0}}, {x}, pad_name);
    op.padding.kind = graph::PaddingKind::kValid;
  }
  Value filter = Constant(name + "/depthwise_kernel", {1, kernel, kernel, Channels(x)}, 0);
  return Append(op, {x, filter}, name);
}

Blocks::Value Blocks::Dense(Value x, const std::string& name, int64_t units) {
  Value kernel = Constant(name + "/kernel", {units, Channels(x)}, 0);
  Value bias = Constant(name + "/bias", {units}, 0);
  return Append(graph::FullyConnected{}, {x, kernel, bias}, name + "/linear");
}

Blocks::Value Blocks::Normalize(Value x, const std::string& name) {
  const tensor::Shape channels = {Channels(x)};
  std::vector<Value> inputs = {x, Constant(name + "/gamma", channels, 1),
                               Constant(name + "/beta", channels, 0),
                               Constant(name + "/moving_mean", channels, 0),
                               Constant(name + "/moving_variance", channels, 1)};
  return Append(graph::BatchNorm{kEpsilon, momentum_}, std::move(inputs), name);
}

Blocks::Value Blocks::Activate(Value x, const std::string& name, graph::Activation activation) {
  return Append(graph::Activate{activation}, {x}, name);
}

Blocks::Value Blocks::HardSwish(Value x, const std::string& name) {
  return Append(graph::HardSwish{}, {x}, name);
}

Blocks::Value Blocks::HardSigmoid(Value x, const std::string& name) {
  Value three = Constant(name + "/three", {1}, 3);
  Value sixth = Constant(name + "/sixth", {1}, 1.0F / 6);
  Value gate = Append(graph::Add{graph::Activation::kRelu6}, {x, three}, name + "/gate");
  return Append(graph::Mul{}, {gate, sixth}, name);
}

Blocks::Value Blocks::Add(Value a, Value b, const std::string& name) {
  return Append(graph::Add{}, {a, b}, name);
}

Blocks::Value Blocks::Multiply(Value a, Value b, const std::string& name) {
  return Append(graph::Mul{}, {a, b}, name);
}

Blocks::Value Blocks::GlobalAverage(Value x, const std::string& name, bool keep_dims) {
  return Append(graph::Mean{{1, 2}, keep_dims}, {x}, name);
}

Blocks::Value Blocks::Dropout(Value x, const std::string& name, double rate) {
  return Append(graph::Dropout{rate}, {x}, name);
}

Blocks::Value Blocks::Flatten(Value x, const std::string& name) {
  return Append(graph::Reshape{{-1, Channels(x)}}, {x}, name);
}

Blocks::Value Blocks::Softmax(Value x, const std::string& name) {
  return Append(graph::Softmax{}, {x}, name);
}

Result<graph::Graph> Blocks::Take(Value output, tensor::NormalizationKind normalization) && {
  GOLDCREST_RETURN_IF_ERROR(std::move(status_));
  graph_.outputs = {output};
  tensor::InputContract contract;
  contract.height = Shape(graph_.inputs[0])[1];
  contract.width = Shape(graph_.inputs[0])[2];
  contract.normalization.kind = normalization;
  graph_.metadata.input_contract = contract;
  graph_.metadata.input_contract_from = base::Cat("the architecture ", graph_.name);
  GOLDCREST_RETURN_IF_ERROR(graph::Verify(graph_));
  return std::move(graph_);
}

}  // namespace goldcrest::architectures
