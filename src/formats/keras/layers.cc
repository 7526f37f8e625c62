#include "formats/keras/layers.h"

#include <algorithm>
#include <array>

#include "formats/keras/config.h"

namespace goldcrest::formats::keras {
namespace {

using graph::ValueId;
using nlohmann::json;
using tensor::Shape;
using tensor::Tensor;

// A layer being added, with where its weights are and where its nodes go.
struct Context {
  const Layer& layer;
  const WeightSource& weights;
  graph::Graph& graph;
  size_t weights_taken = 0;  // so far

  const json& config() const { return layer.config; }
  ValueId Add(graph::Op op, std::vector<ValueId> inputs, std::string_view suffix = "") const {
    return graph.AddNode(std::move(op), std::move(inputs), base::Cat(layer.name, suffix));
  }
  ValueId AddConstant(const char* name, Tensor tensor) const {
    Shape shape = tensor.shape();
    return graph.AddValue({.name = base::Cat(layer.name, "/", name),
                           .shape = std::move(shape),
                           .constant = tensor::SharedBytes::Own(std::move(tensor).TakeBuffer())});
  }
};

using Added = Result<ValueId>;

template <class... Parts>
std::unexpected<Error> Unsupported(const Parts&... parts) {
  return Fail(ErrorCode::kUnsupported, parts...);
}

Status ExpectInputs(const Context& c, size_t count) {
  if (c.layer.inputs.size() == count) return {};
  return Fail(ErrorCode::kInvalid, "has ", c.layer.inputs.size(), " inputs, ", count, " expected");
}

Result<Tensor> Weight(Context& c, std::initializer_list<std::string_view> names, size_t rank) {
  GOLDCREST_TRY(Tensor weight, c.weights.Get(c.layer.name, names, c.weights_taken++));
  if (weight.shape().size() != rank) {
    return Fail(ErrorCode::kInvalid, "its weight ", *names.begin(), " has the shape ",
                tensor::ToString(weight.shape()), "; ", rank, " dimensions expected");
  }
  return weight;
}

// A matrix of `rows` x `columns` turned over: HWIO to OHWI, and IO to OI.
Result<Tensor> Transposed(const Tensor& matrix, int64_t rows, int64_t columns, Shape shape) {
  GOLDCREST_TRY(Tensor out, Tensor::Create(tensor::DType::kFloat32, std::move(shape)));
  const float* from = matrix.view().As<float>().data();
  float* to = out.mutable_view().As<float>().data();
  for (int64_t column = 0; column < columns; ++column) {
    for (int64_t row = 0; row < rows; ++row) *to++ = from[row * columns + column];
  }
  return out;
}

Result<graph::Activation> PlainActivation(const std::string& name) {
  if (name == "linear") return graph::Activation::kNone;
  if (name == "relu") return graph::Activation::kRelu;
  if (name == "relu6") return graph::Activation::kRelu6;
  return Unsupported("the activation '", name,
                     "' is not supported; supported are linear, relu, relu6 and softmax");
}

// Makes the layer's main node with its configured activation.
template <class Op>
Added AddActivated(const Context& c, Op op, std::vector<ValueId> inputs) {
  GOLDCREST_TRY(std::string name, FunctionName(c.config(), "activation"));
  if (name == "softmax") {
    ValueId logits = c.Add(std::move(op), std::move(inputs), "/logits");
    return c.Add(graph::Softmax{}, {logits});
  }
  GOLDCREST_TRY(op.activation, PlainActivation(name));
  return c.Add(std::move(op), std::move(inputs));
}

Status ExpectChannelsLast(const Context& c) {
  GOLDCREST_TRY(std::string format, Text(c.config(), "data_format", "channels_last"));
  if (format == "channels_last") return {};
  return Unsupported("its data_format is ", format, "; channels_last is supported");
}

Result<graph::PaddingKind> ReadPadding(const Context& c) {
  GOLDCREST_TRY(std::string padding, Text(c.config(), "padding", std::nullopt));
  if (padding == "same") return graph::PaddingKind::kSame;
  if (padding == "valid") return graph::PaddingKind::kValid;
  return Unsupported("its padding is ", padding);
}

Status ReadConvolution(const Context& c, graph::ConvolutionAttributes& op) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectChannelsLast(c));
  GOLDCREST_TRY(auto strides, Pair(c.config(), "strides"));
  GOLDCREST_TRY(auto dilation, Pair(c.config(), "dilation_rate"));
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
  GOLDCREST_TRY(Tensor bias, Weight(c, {"bias"}, 1));
  inputs.push_back(c.AddConstant("bias", std::move(bias)));
  return {};
}

Added AddConv2D(Context& c) {
  graph::Conv2D op;
  GOLDCREST_RETURN_IF_ERROR(ReadConvolution(c, op));
  GOLDCREST_TRY(int64_t groups, Integer(c.config(), "groups", 1));
  if (groups != 1) return Unsupported("its groups are ", groups, "; 1 is supported");
  GOLDCREST_TRY(Tensor kernel, Weight(c, {"kernel"}, 4));
  const Shape& s = kernel.shape();
  GOLDCREST_TRY(Tensor filter,
                Transposed(kernel, s[0] * s[1] * s[2], s[3], {s[3], s[0], s[1], s[2]}));
  std::vector<ValueId> inputs = {c.layer.inputs[0], c.AddConstant("kernel", std::move(filter))};
  GOLDCREST_RETURN_IF_ERROR(AppendBias(c, inputs));
  return AddActivated(c, op, std::move(inputs));
}

Added AddDepthwiseConv2D(Context& c) {
  graph::DepthwiseConv2D op;
  GOLDCREST_RETURN_IF_ERROR(ReadConvolution(c, op));
  GOLDCREST_TRY(Tensor kernel, Weight(c, {"depthwise_kernel", "kernel"}, 4));
  // HWCM and 1HW(C·M) are the same bytes.
  const Shape s = kernel.shape();
  const Shape& x = c.graph.value(c.layer.inputs[0]).shape;
  if (x.size() == 4 && x[3] != s[2]) {
    return Fail(ErrorCode::kInvalid, "its kernel reads ", s[2], " channels, its input has ", x[3]);
  }
  ValueId filter = c.AddConstant("kernel", std::move(kernel));
  c.graph.value(filter).shape = {1, s[0], s[1], s[2] * s[3]};
  std::vector<ValueId> inputs = {c.layer.inputs[0], filter};
  GOLDCREST_RETURN_IF_ERROR(AppendBias(c, inputs));
  return AddActivated(c, op, std::move(inputs));
}

Added AddDense(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_TRY(Tensor kernel, Weight(c, {"kernel"}, 2));
  const Shape& s = kernel.shape();
  GOLDCREST_TRY(Tensor weights, Transposed(kernel, s[0], s[1], {s[1], s[0]}));
  std::vector<ValueId> inputs = {c.layer.inputs[0], c.AddConstant("kernel", std::move(weights))};
  GOLDCREST_RETURN_IF_ERROR(AppendBias(c, inputs));
  return AddActivated(c, graph::FullyConnected{}, std::move(inputs));
}

// The axis is a number, or (in Keras 2 files) a list of one.
Status ExpectLastAxis(const Context& c) {
  const json* said = Find(c.config(), "axis");
  if (said != nullptr && said->is_array() && said->size() == 1) said = &said->front();
  if (said != nullptr && !said->is_number_integer()) return Unsupported("normalizes several axes");
  int64_t axis = said != nullptr ? said->get<int64_t>() : -1;
  auto rank = static_cast<int64_t>(c.graph.value(c.layer.inputs[0]).shape.size());
  if (axis == -1 || axis == rank - 1) return {};
  return Unsupported("normalizes axis ", axis, " of ", rank, "; the last is supported");
}

Added AddBatchNormalization(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectLastAxis(c));
  graph::BatchNorm op;
  GOLDCREST_TRY(op.epsilon, Number(c.config(), "epsilon", 1e-3));
  GOLDCREST_TRY(bool scale, Bool(c.config(), "scale", true));
  GOLDCREST_TRY(bool center, Bool(c.config(), "center", true));
  // What is not learned is a constant, as long as the statistics.
  Tensor gamma;
  Tensor beta;
  if (scale) {
    GOLDCREST_TRY(gamma, Weight(c, {"gamma"}, 1));
  }
  if (center) {
    GOLDCREST_TRY(beta, Weight(c, {"beta"}, 1));
  }
  GOLDCREST_TRY(Tensor mean, Weight(c, {"moving_mean"}, 1));
  GOLDCREST_TRY(Tensor variance, Weight(c, {"moving_variance"}, 1));
  if (!scale) {
    GOLDCREST_TRY(gamma, Tensor::Create(tensor::DType::kFloat32, mean.shape()));
    std::ranges::fill(gamma.mutable_view().As<float>(), 1.0F);
  }
  if (!center) {
    GOLDCREST_TRY(beta, Tensor::Create(tensor::DType::kFloat32, mean.shape()));
  }
  std::vector<ValueId> inputs = {c.layer.inputs[0]};
  inputs.push_back(c.AddConstant("gamma", std::move(gamma)));
  inputs.push_back(c.AddConstant("beta", std::move(beta)));
  inputs.push_back(c.AddConstant("moving_mean", std::move(mean)));
  inputs.push_back(c.AddConstant("moving_variance", std::move(variance)));
  return c.Add(op, std::move(inputs));
}

Added AddReLU(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_TRY(double slope, Number(c.config(), "negative_slope", 0));
  GOLDCREST_TRY(double threshold, Number(c.config(), "threshold", 0));
  bool limited = Find(c.config(), "max_value") != nullptr;
  GOLDCREST_TRY(double limit, Number(c.config(), "max_value", 0));
  if (slope != 0 || threshold != 0 || (limited && limit != 6)) {
    return Unsupported("its max_value is ", limit, ", its negative_slope ", slope,
                       ", its threshold ", threshold, "; plain ReLU and ReLU6 are supported");
  }
  return c.Add(graph::Activate{limited ? graph::Activation::kRelu6 : graph::Activation::kRelu},
               c.layer.inputs);
}

Added AddActivation(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_TRY(std::string name, FunctionName(c.config(), "activation"));
  if (name == "softmax") return c.Add(graph::Softmax{}, c.layer.inputs);
  GOLDCREST_TRY(graph::Activation activation, PlainActivation(name));
  return c.Add(graph::Activate{activation}, c.layer.inputs);
}

Added AddSoftmax(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_TRY(int64_t axis, Integer(c.config(), "axis", -1));
  if (axis != -1) return Unsupported("its axis is ", axis, "; the last is supported");
  return c.Add(graph::Softmax{}, c.layer.inputs);
}

Added AddZeroPadding2D(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectChannelsLast(c));
  // 1, [1, 1] or [[0, 1], [0, 1]]: both sides, by dimension, by side.
  std::vector<int64_t> counts;
  const json* said = Find(c.config(), "padding");
  bool by_side = said != nullptr && said->is_array() && said->size() == 2 && (*said)[0].is_array();
  if (by_side) {
    for (const json& dimension : *said) {
      GOLDCREST_TRY(auto sides, PairOf(dimension, "padding"));
      counts.insert(counts.end(), sides.begin(), sides.end());
    }
  } else {
    GOLDCREST_TRY(auto both, Pair(c.config(), "padding"));
    counts = {both[0], both[0], both[1], both[1]};
  }
  return c.Add(graph::Pad{{0, counts[0], counts[2], 0}, {0, counts[1], counts[3], 0}},
               c.layer.inputs);
}

Added AddGlobalAveragePooling2D(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectChannelsLast(c));
  GOLDCREST_TRY(bool keep_dims, Bool(c.config(), "keepdims", false));
  return c.Add(graph::Mean{{1, 2}, keep_dims}, c.layer.inputs);
}

template <class Op>
Added AddPooling2D(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectChannelsLast(c));
  GOLDCREST_TRY(auto size, Pair(c.config(), "pool_size"));
  GOLDCREST_TRY(auto strides,
                Pair(c.config(), Find(c.config(), "strides") ? "strides" : "pool_size"));
  Op op;
  op.filter_h = size[0];
  op.filter_w = size[1];
  op.stride_h = strides[0];
  op.stride_w = strides[1];
  GOLDCREST_TRY(op.padding.kind, ReadPadding(c));
  return c.Add(op, c.layer.inputs);
}

Added AddDropout(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_TRY(double rate, Number(c.config(), "rate", 0));
  return c.Add(graph::Dropout{rate}, c.layer.inputs);
}

// Elements of the layer's input for one item of the batch.
Result<int64_t> FeatureCount(const Context& c) {
  const Shape& shape = c.graph.value(c.layer.inputs[0]).shape;
  std::optional<int64_t> features;
  if (!shape.empty()) features = tensor::ElementCount(std::span(shape).subspan(1));
  if (!features) return Unsupported("its input has the unknown shape ", tensor::ToString(shape));
  return *features;
}

Added AddReshape(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_TRY(auto target, Integers(c.config(), "target_shape"));
  // The batch comes first and stays what it is; elements must not move into it.
  GOLDCREST_TRY(int64_t features, FeatureCount(c));
  auto open = std::ranges::find(target, -1);
  if (open != target.end()) {
    Shape known = target;
    std::erase(known, -1);
    int64_t rest = tensor::ElementCount(known).value_or(0);
    *open = rest > 0 && features % rest == 0 ? features / rest : -1;
  }
  if (tensor::ElementCount(target) != features) {
    return Fail(ErrorCode::kInvalid, "its target_shape does not hold the ", features,
                " elements of its input");
  }
  target.insert(target.begin(), -1);
  return c.Add(graph::Reshape{std::move(target)}, c.layer.inputs);
}

Added AddFlatten(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_RETURN_IF_ERROR(ExpectChannelsLast(c));
  GOLDCREST_TRY(int64_t features, FeatureCount(c));
  return c.Add(graph::Reshape{{-1, features}}, c.layer.inputs);
}

Added AddAdd(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 2));
  return c.Add(graph::Add{}, c.layer.inputs);
}

Added AddRescaling(Context& c) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(c, 1));
  GOLDCREST_TRY(double scale, Number(c.config(), "scale", std::nullopt));
  GOLDCREST_TRY(double offset, Number(c.config(), "offset", 0));
  auto constant = [&](const char* name, double number) {
    auto element = static_cast<float>(number);
    return c.graph.AddConstant(base::Cat(c.layer.name, "/", name), {1}, std::span(&element, 1));
  };
  ValueId scaled = c.Add(graph::Mul{}, {c.layer.inputs[0], constant("scale", scale)}, "/scaled");
  return c.Add(graph::Add{}, {scaled, constant("offset", offset)});
}

struct Row {
  std::string_view class_name;
  Added (*add)(Context& context);
};

constexpr std::array kRows = {
    Row{"Activation", AddActivation},
    Row{"Add", AddAdd},
    Row{"AveragePooling2D", AddPooling2D<graph::AveragePool2D>},
    Row{"BatchNormalization", AddBatchNormalization},
    Row{"Conv2D", AddConv2D},
    Row{"Dense", AddDense},
    Row{"DepthwiseConv2D", AddDepthwiseConv2D},
    Row{"Dropout", AddDropout},
    Row{"Flatten", AddFlatten},
    Row{"GlobalAveragePooling2D", AddGlobalAveragePooling2D},
    Row{"MaxPooling2D", AddPooling2D<graph::MaxPool2D>},
    Row{"ReLU", AddReLU},
    Row{"Rescaling", AddRescaling},
    Row{"Reshape", AddReshape},
    Row{"Softmax", AddSoftmax},
    Row{"ZeroPadding2D", AddZeroPadding2D},
};

}  // namespace

Result<ValueId> AddLayer(const Layer& layer, const WeightSource& weights, graph::Graph& graph) {
  const auto* row = std::ranges::find(kRows, layer.class_name, &Row::class_name);
  if (row == kRows.end()) {
    std::string names = "InputLayer";
    for (const Row& known : kRows) names += base::Cat(", ", known.class_name);
    return Unsupported("layers of class ", layer.class_name, " are not supported; supported are ",
                       names);
  }
  Context context{layer, weights, graph};
  return row->add(context);
}

}  // namespace goldcrest::formats::keras
