// Batch normalizations: as one operator, and spelled as additions and multiplications.
#include <algorithm>

#include "formats/tensorflow/operators.h"

namespace goldcrest::formats::tensorflow {
namespace {

using graph::ValueId;

// One number a channel, by whatever shape that says it.
Result<ValueId> PerChannel(NodeContext& c, size_t i, int64_t channels) {
  GOLDCREST_TRY(const Floats floats, c.FloatsOf(i));
  const auto count = static_cast<int64_t>(floats.elements().size());
  if (count != channels || floats.shape.empty() || floats.shape.back() != channels) {
    return Invalid("input ", i, " has the shape ", tensor::ToString(floats.shape), ", the picture ",
                   channels, " channels");
  }
  return c.Constant(
      i, 'c', [&](const Floats& all) -> Result<Floats> { return Floats{{channels}, all.bytes}; });
}

Result<int64_t> ChannelsOf(NodeContext& c, ValueId x) {
  const tensor::Shape& shape = c.ShapeOf(x);
  if (!shape.empty() && shape.back() > 0) return shape.back();
  return Fail(ErrorCode::kUnsupported, "the number of channels is not known");
}

// What batch normalization is spelled with: x · m + (beta − mean · m), m = gamma / √(variance + ε).
// Each a view of the node that reads the constant, and which of its inputs that is.
struct Place {
  NodeContext node;
  size_t input;
};

struct Spelled {
  std::optional<Place> x, gamma, beta, mean, variance;
  float epsilon = 0;
};

// Input i of `c` where that is made by `op`.
std::optional<NodeContext> MadeBy(NodeContext& c, size_t i, std::string_view op) {
  if (i >= c.input_count() || c.flat().inputs[i].output != 0) return std::nullopt;
  NodeContext producer = c.Producer(i);
  if (producer.Is(op) || (op == "Add" && producer.Is("AddV2"))) return producer;
  return std::nullopt;
}

// 1 / √(variance + ε).
bool MatchRsqrt(NodeContext rsqrt, Spelled& s) {
  std::optional<NodeContext> sum = MadeBy(rsqrt, 0, "Add");
  if (!sum || sum->input_count() != 2) return false;
  for (size_t i : {0, 1}) {
    auto epsilon = sum->FloatsOf(i);
    if (!epsilon || epsilon->elements().size() != 1 || !sum->IsFloats(1 - i)) continue;
    s.epsilon = epsilon->elements()[0];
    s.variance.emplace(*sum, 1 - i);
    return s.epsilon >= 0;
  }
  return false;
}

// m: the reciprocal root alone, or times gamma.
bool MatchScale(NodeContext& reader, size_t i, Spelled& s) {
  if (auto rsqrt = MadeBy(reader, i, "Rsqrt")) return MatchRsqrt(*rsqrt, s);
  std::optional<NodeContext> product = MadeBy(reader, i, "Mul");
  if (!product || product->input_count() != 2) return false;
  for (size_t k : {0, 1}) {
    std::optional<NodeContext> rsqrt = MadeBy(*product, k, "Rsqrt");
    if (!rsqrt || !product->IsFloats(1 - k) || !MatchRsqrt(*rsqrt, s)) continue;
    s.gamma.emplace(*product, 1 - k);
    return true;
  }
  return false;
}

// mean · m, or −mean · m where `negated`.
bool MatchMean(NodeContext product, const TensorRef& scale, bool negated, Spelled& s) {
  if (product.input_count() != 2) return false;
  for (size_t k : {0, 1}) {
    if (product.flat().inputs[k] != scale || !product.IsFloats(1 - k)) continue;
    if (!negated) {
      s.mean.emplace(product, 1 - k);
      return true;
    }
    std::optional<NodeContext> negative = MadeBy(product, 1 - k, "Neg");
    if (!negative || !negative->IsFloats(0)) continue;
    s.mean.emplace(*negative, 0);
    return true;
  }
  return false;
}

// beta − mean · m, or without beta −mean · m.
bool MatchOffset(NodeContext& sum, size_t i, const TensorRef& scale, Spelled& s) {
  if (auto difference = MadeBy(sum, i, "Sub")) {
    std::optional<NodeContext> product = MadeBy(*difference, 1, "Mul");
    if (!difference->IsFloats(0) || !product) return false;
    s.beta.emplace(*difference, 0);
    return MatchMean(*product, scale, false, s);
  }
  std::optional<NodeContext> product = MadeBy(sum, i, "Mul");
  return product && MatchMean(*product, scale, true, s);
}

bool Match(NodeContext& sum, Spelled& s) {
  if (sum.input_count() != 2) return false;
  for (size_t i : {0, 1}) {
    std::optional<NodeContext> product = MadeBy(sum, i, "Mul");
    if (!product || product->input_count() != 2 || !sum.IsFloats(1 - i)) continue;
    for (size_t k : {0, 1}) {
      if (!product->IsValue(k) || !MatchScale(*product, 1 - k, s)) continue;
      s.x.emplace(*product, k);
      return MatchOffset(sum, 1 - i, product->flat().inputs[1 - k], s);
    }
  }
  return false;
}

ValueId Filled(NodeContext& c, std::string_view what, int64_t channels, float number) {
  const std::vector<float> numbers(static_cast<size_t>(channels), number);
  return c.graph().AddConstant(base::Cat(c.name(), "/", what), {channels}, numbers);
}

}  // namespace

Made ImportFusedBatchNorm(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(5, 5));
  GOLDCREST_RETURN_IF_ERROR(c.attributes().ExpectChannelsLast());
  GOLDCREST_TRY(const bool training, c.attributes().Flag("is_training", true));
  if (training) {
    return Fail(ErrorCode::kUnsupported,
                "is in training, where it has no statistics of its own; "
                "export the graph for inference (is_training=False)");
  }
  graph::BatchNorm op;
  GOLDCREST_TRY(op.epsilon, c.attributes().Number("epsilon", 1e-4));
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  GOLDCREST_TRY(const int64_t channels, ChannelsOf(c, x));
  std::vector<ValueId> inputs = {x};
  for (size_t i = 1; i < 5; ++i) {
    GOLDCREST_TRY(const ValueId constant, PerChannel(c, i, channels));
    inputs.push_back(constant);
  }
  return c.Add(op, std::move(inputs));
}

// The operator of TensorFlow's first graphs: (x, mean, variance, beta, gamma).
Made ImportGlobalBatchNorm(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(5, 5));
  graph::BatchNorm op;
  GOLDCREST_TRY(op.epsilon, c.attributes().Number("variance_epsilon", 1e-3));
  GOLDCREST_TRY(const bool scaled, c.attributes().Flag("scale_after_normalization", true));
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  GOLDCREST_TRY(const int64_t channels, ChannelsOf(c, x));
  std::vector<ValueId> inputs = {x};
  for (size_t i : {4, 3, 1, 2}) {
    if (i == 4 && !scaled) {
      inputs.push_back(Filled(c, "gamma", channels, 1));
      continue;
    }
    GOLDCREST_TRY(const ValueId constant, PerChannel(c, i, channels));
    inputs.push_back(constant);
  }
  return c.Add(op, std::move(inputs));
}

Result<std::optional<Operand>> MatchBatchNorm(NodeContext& c) {
  Spelled s;
  if (!Match(c, s)) return std::nullopt;
  GOLDCREST_TRY(const ValueId x, s.x->node.Value(s.x->input));
  auto channels = ChannelsOf(c, x);
  if (!channels) return std::nullopt;
  std::vector<ValueId> inputs = {x};
  auto append = [&](std::optional<Place>& place, std::string_view what, float otherwise) {
    if (!place) {
      inputs.push_back(Filled(c, what, *channels, otherwise));
      return true;
    }
    auto constant = PerChannel(place->node, place->input, *channels);
    if (constant) inputs.push_back(*constant);
    return constant.has_value();
  };
  // One number for all channels, say, is arithmetic, and is read as such.
  const bool all = append(s.gamma, "gamma", 1) && append(s.beta, "beta", 0) &&
                   append(s.mean, "mean", 0) && append(s.variance, "variance", 1);
  if (!all) return std::nullopt;
  GOLDCREST_TRY(Operand made, c.Add(graph::BatchNorm{.epsilon = s.epsilon}, std::move(inputs)));
  return made;
}

}  // namespace goldcrest::formats::tensorflow
