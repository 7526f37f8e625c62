#include "quantize/trained_ranges.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace goldcrest::quantize {
namespace {

using tensor::DType;

Status ExpectBytes(const graph::Graph& graph, const graph::Node& node) {
  const auto& op = std::get<graph::FakeQuant>(node.op);
  constexpr int64_t kBits = 8;
  if (op.bits != kBits) {
    return Fail(ErrorCode::kUnsupported, "'", graph.NameOf(node), "' was trained for integers of ",
                op.bits, " bits; integers of 8 are made");
  }
  for (size_t i : {1, 2}) {
    if (graph.value(node.inputs[i]).constant) continue;
    return Fail(ErrorCode::kUnsupported, "the range of '", graph.NameOf(node), "' is no constant");
  }
  return {};
}

std::vector<TrainedRange> RangesOf(const graph::Graph& graph, const graph::Node& node) {
  const std::span<const float> min = graph.value(node.inputs[1]).constant->As<float>();
  const std::span<const float> max = graph.value(node.inputs[2]).constant->As<float>();
  std::vector<TrainedRange> ranges;
  ranges.reserve(min.size());
  for (size_t i = 0; i < min.size(); ++i) {
    ranges.push_back({min[i], max[i], std::get<graph::FakeQuant>(node.op).narrow_range});
  }
  return ranges;
}

// What each channel has been multiplied with since its ranges were taken; an error where it has
// been changed otherwise.
Result<std::vector<double>> FactorsOf(std::span<const float> weights, std::span<const float> before,
                                      const WeightRows& rows, const std::string& name) {
  constexpr double kRounding = 1e-5;
  std::vector<double> factors(rows.channels, 1);
  bool same = weights.size() == before.size();
  for (size_t c = 0; same && c < rows.channels; ++c) {
    size_t largest = rows.At(c, 0);
    for (size_t i = 0; i < rows.columns; ++i) {
      if (std::fabs(before[rows.At(c, i)]) > std::fabs(before[largest])) largest = rows.At(c, i);
    }
    if (before[largest] != 0) factors[c] = static_cast<double>(weights[largest]) / before[largest];
    const double most = std::fabs(weights[largest]) * kRounding;
    for (size_t i = 0; same && i < rows.columns; ++i) {
      const size_t at = rows.At(c, i);
      same = std::fabs(weights[at] - before[at] * factors[c]) <= most;
    }
  }
  if (same) return factors;
  return Fail(ErrorCode::kUnsupported, "the weights '", name,
              "' were trained for integers, but what stands before the layer has been folded into "
              "them; give --disable-pass fold_batch_norm --disable-pass fold_scale");
}

TrainedRange Times(const TrainedRange& range, double factor) {
  const double a = range.low * factor;
  const double b = range.high * factor;
  return {std::min(a, b), std::max(a, b), range.narrow};
}

// The ranges by output channel.
Result<std::vector<TrainedRange>> ChannelRanges(const graph::Graph& graph, const graph::Node& layer,
                                                const TrainedWeights& trained,
                                                const WeightRows& rows) {
  const graph::Value& weights = graph.value(layer.inputs[1]);
  std::vector<TrainedRange> ranges = trained.ranges;
  if (ranges.size() == 1) ranges.resize(rows.channels, ranges[0]);
  if (ranges.size() != rows.channels || (trained.ranges.size() > 1 && trained.axis != rows.axis)) {
    return Fail(ErrorCode::kUnsupported, "the weights '", weights.name, "' have ", ranges.size(),
                " ranges along dimension ", trained.axis, ", not one for each output channel");
  }
  GOLDCREST_TRY(
      const std::vector<double> factors,
      FactorsOf(weights.constant->As<float>(), trained.trained.As<float>(), rows, weights.name));
  for (size_t c = 0; c < ranges.size(); ++c) {
    if (factors[c] != 1) ranges[c] = Times(ranges[c], factors[c]);
  }
  return ranges;
}

// That at which zero stays zero; `grown` where the range is not symmetric.
ExactScale SymmetricScale(const TrainedRange& range, bool& grown) {
  const ExactScale exact = ScaleOf(range, DType::kInt8);
  if (exact.zero == 0) return exact;
  const double largest = std::max(std::fabs(range.low), std::fabs(range.high));
  if (largest == 0) return {};
  grown = true;
  return {largest / std::numeric_limits<int8_t>::max(), 0};
}

// One, or one for each channel.
Result<std::vector<ExactScale>> WeightScales(const std::vector<TrainedRange>& ranges,
                                             const std::string& name, DType dtype,
                                             std::vector<std::string>& notes) {
  const bool one = std::ranges::all_of(ranges, [&](const auto& r) { return r == ranges[0]; });
  if (dtype == DType::kUInt8) {
    if (one) return std::vector{ScaleOf(ranges[0], dtype)};
    return Fail(ErrorCode::kUnsupported, "the weights '", name,
                "' have a range for each channel, uint8 has one for all; give --inference_type "
                "INT8");
  }
  std::vector<ExactScale> scales;
  bool grown = false;
  for (const TrainedRange& range : std::span(ranges).first(one ? 1 : ranges.size())) {
    scales.push_back(SymmetricScale(range, grown));
  }
  if (grown) {
    notes.push_back(base::Cat("the range of the weights '", name,
                              "' is not symmetric, as int8 has it, and was made wider"));
  }
  return scales;
}

void NoteLargeBias(const graph::Graph& graph, const graph::Node& node, const QuantizedLayer& layer,
                   std::vector<std::string>& notes) {
  for (size_t c = 0; c < layer.bias.size(); ++c) {
    const float step = layer.bias_steps[layer.bias_steps.size() > 1 ? c : 0];
    const double steps = static_cast<double>(layer.bias[c]) / step;
    if (std::fabs(steps) <= std::numeric_limits<int32_t>::max()) continue;
    notes.push_back(base::Cat("the bias of '", graph.NameOf(node), "', ", layer.bias[c],
                              " in channel ", c, ", does not fit 32 bits and was cut off"));
    return;
  }
}

}  // namespace

ExactScale ScaleOf(const TrainedRange& range, DType dtype) {
  const tensor::IntegerLimits limits = *tensor::LimitsOf(dtype);
  const double lowest = limits.low + (range.narrow ? 1 : 0);
  const double highest = limits.high;
  const double low = std::min(range.low, 0.0);
  const double high = std::max(range.high, 0.0);
  const double scale = (high - low) / (highest - lowest);
  if (static_cast<float>(scale) < std::numeric_limits<float>::min()) return {1, limits.low};
  // The end whose numbers are smaller has lost less to rounding.
  const bool by_low =
      std::fabs(lowest) + std::fabs(low / scale) < std::fabs(highest) + std::fabs(high / scale);
  const double zero = std::round(by_low ? lowest - low / scale : highest - high / scale);
  return {scale, static_cast<int64_t>(std::clamp(zero, lowest, highest))};
}

Result<WeightRanges> TakeWeightRanges(graph::Graph& graph) {
  WeightRanges taken;
  std::vector<graph::Node> kept;
  for (graph::Node& node : graph.nodes) {
    const bool rounds = std::holds_alternative<graph::FakeQuant>(node.op);
    const std::optional<tensor::SharedBytes> weights = graph.value(node.inputs[0]).constant;
    if (!rounds || !weights) {
      kept.push_back(std::move(node));
      continue;
    }
    GOLDCREST_RETURN_IF_ERROR(ExpectBytes(graph, node));
    graph::Value& value = graph.value(node.output);
    value.constant = weights;
    const std::string name = value.name;
    for (int i = 2; taken.contains(value.name); ++i) value.name = base::Cat(name, "_", i);
    taken[value.name] = {RangesOf(graph, node), std::get<graph::FakeQuant>(node.op).axis, *weights};
  }
  graph.nodes = std::move(kept);
  return taken;
}

Result<TrainedRange> RangeOf(const graph::Graph& graph, const graph::Node& fake_quant) {
  GOLDCREST_RETURN_IF_ERROR(ExpectBytes(graph, fake_quant));
  const std::vector<TrainedRange> ranges = RangesOf(graph, fake_quant);
  if (ranges.size() == 1) return ranges[0];
  return Fail(ErrorCode::kUnsupported, "'", graph.NameOf(fake_quant), "' has ", ranges.size(),
              " ranges; what is no weight can have one");
}

Result<QuantizedLayer> TrainedLayer(const graph::Graph& graph, const graph::Node& node,
                                    const WeightRanges& ranges, DType dtype,
                                    const ExactScale& input, std::vector<std::string>& notes) {
  const std::string& name = graph.value(node.inputs[1]).name;
  const std::span<const float> weights = WeightsOf(graph, node);
  const WeightRows rows = RowsOf(graph, node);
  const auto trained = ranges.find(name);
  if (trained == ranges.end()) {
    notes.push_back(base::Cat("the weights '", name,
                              "' have no FakeQuant; their range is that of their elements"));
    return QuantizeLayer(weights, rows, BiasOf(graph, node),
                         {.dtype = dtype,
                          .per_channel = dtype == DType::kInt8,
                          .input_scale = static_cast<float>(input.scale)});
  }
  GOLDCREST_TRY(const std::vector<TrainedRange> by_channel,
                ChannelRanges(graph, node, trained->second, rows));
  QuantizedLayer layer{.dtype = dtype, .integers = std::vector<int16_t>(weights.size())};
  GOLDCREST_TRY(const std::vector<ExactScale> scales, WeightScales(by_channel, name, dtype, notes));
  for (const ExactScale& each : scales) {
    layer.quantization.scale.push_back(static_cast<float>(each.scale));
    layer.quantization.zero_point.push_back(each.zero);
    layer.bias_steps.push_back(static_cast<float>(input.scale * each.scale));
  }
  layer.quantization.axis = scales.size() > 1 ? rows.axis : 0;
  layer.bias = BiasOf(graph, node);
  const tensor::IntegerLimits limits = *tensor::LimitsOf(dtype);
  const bool narrow = by_channel[0].narrow || dtype == DType::kInt8;
  const double lowest = limits.low + (narrow ? 1 : 0);
  for (size_t c = 0; c < rows.channels; ++c) {
    const ExactScale& exact = scales[scales.size() > 1 ? c : 0];
    const auto zero = static_cast<double>(exact.zero);
    const double per_unit = 1 / exact.scale;
    for (size_t i = 0; i < rows.columns; ++i) {
      const size_t at = rows.At(c, i);
      const double steps = std::round(zero + per_unit * weights[at]);
      layer.integers[at] = static_cast<int16_t>(std::clamp<double>(steps, lowest, limits.high));
    }
  }
  NoteLargeBias(graph, node, layer, notes);
  return layer;
}

}  // namespace goldcrest::quantize
