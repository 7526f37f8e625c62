// Convolutions, dense layers, biases and pools.
#include "formats/tensorflow/operators.h"

namespace goldcrest::formats::tensorflow {
namespace {

using graph::ValueId;
using tensor::Shape;

// Of pictures and channels nothing is skipped.
Result<std::pair<int64_t, int64_t>> HeightAndWidth(NodeContext& c, std::string_view name,
                                                   std::vector<int64_t> otherwise) {
  GOLDCREST_TRY(const auto all, c.attributes().Integers(name, std::move(otherwise)));
  if (all.size() != 4 || all[0] != 1 || all[3] != 1) {
    return Fail(ErrorCode::kUnsupported, "the attribute '", name, "' is ", tensor::ToString(all),
                "; [1, height, width, 1] is read");
  }
  return std::pair(all[1], all[2]);
}

Result<graph::Padding> PaddingOf(NodeContext& c, bool may_be_explicit) {
  GOLDCREST_TRY(const std::string said, c.attributes().Text("padding", ""));
  if (said == "SAME") return graph::Padding{graph::PaddingKind::kSame};
  if (said == "VALID") return graph::Padding{graph::PaddingKind::kValid};
  if (said != "EXPLICIT" || !may_be_explicit) {
    return Fail(ErrorCode::kUnsupported, "the padding is '", said, "'; SAME and VALID are read");
  }
  GOLDCREST_TRY(const auto counts, c.attributes().Integers("explicit_paddings", {}));
  if (counts.size() != 8 || counts[0] != 0 || counts[1] != 0 || counts[6] != 0 || counts[7] != 0) {
    return Invalid("the explicit padding is ", tensor::ToString(counts));
  }
  return graph::Padding{graph::PaddingKind::kExplicit, counts[2], counts[3], counts[4], counts[5]};
}

Status ExpectWeights(const Floats& weights, size_t rank) {
  if (weights.shape.size() == rank && !weights.elements().empty()) return {};
  return Invalid("the weights have the shape ", tensor::ToString(weights.shape), "; ", rank,
                 " dimensions, none of them 0, are expected");
}

// HWIO to OHWI.
Result<Floats> ConvolutionFilter(const Floats& filter) {
  GOLDCREST_RETURN_IF_ERROR(ExpectWeights(filter, 4));
  const Shape& s = filter.shape;
  const std::span<const float> from = filter.elements();
  std::vector<float> to(from.size());
  const auto taps = static_cast<size_t>(s[0] * s[1] * s[2]);
  const auto outputs = static_cast<size_t>(s[3]);
  for (size_t tap = 0; tap < taps; ++tap) {
    for (size_t o = 0; o < outputs; ++o) to[o * taps + tap] = from[tap * outputs + o];
  }
  return Floats{{s[3], s[0], s[1], s[2]}, tensor::SharedBytes::Copy<float>(to)};
}

// HWCM to 1HW(C·M), the same bytes.
Result<Floats> DepthwiseFilter(const Floats& filter) {
  GOLDCREST_RETURN_IF_ERROR(ExpectWeights(filter, 4));
  const Shape& s = filter.shape;
  return Floats{{1, s[0], s[1], s[2] * s[3]}, filter.bytes};
}

// IO to OI.
Result<Floats> TurnedMatrix(const Floats& matrix) {
  GOLDCREST_RETURN_IF_ERROR(ExpectWeights(matrix, 2));
  const auto rows = static_cast<size_t>(matrix.shape[0]);
  const auto columns = static_cast<size_t>(matrix.shape[1]);
  const std::span<const float> from = matrix.elements();
  std::vector<float> to(from.size());
  for (size_t i = 0; i < rows; ++i) {
    for (size_t o = 0; o < columns; ++o) to[o * rows + i] = from[i * columns + o];
  }
  return Floats{{matrix.shape[1], matrix.shape[0]}, tensor::SharedBytes::Copy<float>(to)};
}

Result<graph::PoolAttributes> PoolOf(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_RETURN_IF_ERROR(c.attributes().ExpectChannelsLast());
  GOLDCREST_TRY(const auto window, HeightAndWidth(c, "ksize", {}));
  GOLDCREST_TRY(const auto strides, HeightAndWidth(c, "strides", {}));
  graph::PoolAttributes op;
  op.filter_h = window.first;
  op.filter_w = window.second;
  op.stride_h = strides.first;
  op.stride_w = strides.second;
  GOLDCREST_TRY(op.padding, PaddingOf(c, false));
  return op;
}

// The operator that makes value `x`, where the bias of `c` can become its own: a layer without one,
// whose result nothing else reads.
graph::Node* LayerWithoutBias(NodeContext& c, ValueId x) {
  auto node_of = c.import().node_of.find(x);
  if (node_of == c.import().node_of.end() || c.Producer(0).uses() != 1) return nullptr;
  graph::Node& node = c.graph().nodes[node_of->second];
  const bool layer = std::holds_alternative<graph::Conv2D>(node.op) ||
                     std::holds_alternative<graph::DepthwiseConv2D>(node.op) ||
                     std::holds_alternative<graph::FullyConnected>(node.op);
  return layer && node.inputs.size() == 2 ? &node : nullptr;
}

}  // namespace

Result<graph::ConvolutionAttributes> ConvolutionOf(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_RETURN_IF_ERROR(c.attributes().ExpectChannelsLast());
  GOLDCREST_TRY(const auto strides, HeightAndWidth(c, "strides", {}));
  GOLDCREST_TRY(const auto dilations, HeightAndWidth(c, "dilations", {1, 1, 1, 1}));
  graph::ConvolutionAttributes op;
  op.stride_h = strides.first;
  op.stride_w = strides.second;
  op.dilation_h = dilations.first;
  op.dilation_w = dilations.second;
  GOLDCREST_TRY(op.padding, PaddingOf(c, true));
  return op;
}

Made AddConvolution(NodeContext& c, ValueId x, const graph::ConvolutionAttributes& op) {
  GOLDCREST_TRY(const Floats filter, c.WeightsOf(1));
  GOLDCREST_RETURN_IF_ERROR(ExpectWeights(filter, 4));
  const int64_t reads = filter.shape[2];
  const int64_t channels = c.ShapeOf(x).size() == 4 ? c.ShapeOf(x)[3] : reads;
  // As many groups as channels are a depthwise convolution.
  const bool grouped = c.Is("Conv2D") && reads == 1 && channels > 1;
  if (c.Is("Conv2D") && !grouped) {
    GOLDCREST_TRY(const ValueId turned, c.Weights(1, 'o', 0, ConvolutionFilter));
    return c.Add(graph::Conv2D{op}, {x, turned});
  }
  if (!grouped && reads != channels) {
    return Invalid("the filter reads ", reads, " channels, the input has ", channels);
  }
  GOLDCREST_TRY(const ValueId turned, c.Weights(1, 'd', 3, DepthwiseFilter));
  return c.Add(graph::DepthwiseConv2D{op}, {x, turned});
}

Made ImportConv2D(NodeContext& c) {
  GOLDCREST_TRY(const graph::ConvolutionAttributes op, ConvolutionOf(c));
  GOLDCREST_TRY(const Operand* input, c.Input(0));
  if (std::holds_alternative<SpaceInBatches>(*input)) return SpaceInBatches{};
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  return AddConvolution(c, x, op);
}

Made ImportDepthwise(NodeContext& c) { return ImportConv2D(c); }

Made ImportMatMul(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  const bool batched = !c.Is("MatMul");
  GOLDCREST_TRY(const bool turn_a, c.attributes().Flag(batched ? "adj_x" : "transpose_a", false));
  GOLDCREST_TRY(const bool turn_b, c.attributes().Flag(batched ? "adj_y" : "transpose_b", false));
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  GOLDCREST_TRY(const Floats weights, c.WeightsOf(1));
  if (turn_a || weights.shape.size() != 2) {
    return Fail(ErrorCode::kUnsupported, "a product of other matrices than rows and weights");
  }
  auto as_is = [](const Floats& floats) -> Result<Floats> { return floats; };
  auto constant = turn_b ? c.Weights(1, 'a', 1, as_is) : c.Weights(1, 'm', 0, TurnedMatrix);
  if (!constant) return std::unexpected(std::move(constant.error()));
  return c.Add(graph::FullyConnected{}, {x, *constant});
}

Made ImportBiasAdd(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_RETURN_IF_ERROR(c.attributes().ExpectChannelsLast());
  GOLDCREST_TRY(const Operand* input, c.Input(0));
  if (std::holds_alternative<SpaceInBatches>(*input)) return SpaceInBatches{};
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  GOLDCREST_TRY(const ValueId bias, c.Value(1));
  const Shape& shape = c.ShapeOf(x);
  if (shape.empty() || c.ShapeOf(bias) != Shape{shape.back()}) {
    return Invalid("a bias of shape ", tensor::ToString(c.ShapeOf(bias)), " does not go with ",
                   tensor::ToString(shape));
  }
  graph::Node* layer = c.IsFloats(1) ? LayerWithoutBias(c, x) : nullptr;
  if (layer == nullptr) return c.Add(graph::Add{}, {x, bias});
  layer->inputs.push_back(bias);
  c.graph().value(x).name = c.name();
  return x;
}

Made ImportAveragePool(NodeContext& c) {
  GOLDCREST_TRY(const graph::PoolAttributes op, PoolOf(c));
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  return c.Add(graph::AveragePool2D{op}, {x});
}

Made ImportMaxPool(NodeContext& c) {
  GOLDCREST_TRY(const graph::PoolAttributes op, PoolOf(c));
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  return c.Add(graph::MaxPool2D{op}, {x});
}

}  // namespace goldcrest::formats::tensorflow
