#include "quantize/layer_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "passes/linear_layer.h"

namespace goldcrest::quantize {
namespace {

constexpr tensor::IntegerLimits kSymmetric = {-127, 127};
constexpr tensor::IntegerLimits kAsymmetric = {1, 255};
constexpr auto kLargestWeight = static_cast<float>(kSymmetric.high);
constexpr float kLeastScale = std::numeric_limits<float>::min();
// A bias is at most this many of its steps, so that a sum of products has room beside it in int32.
constexpr double kMostBiasSteps = 1 << 30;

// Squared error of a row rounded to steps of `scale`.
double ErrorOf(std::span<const float> weights, const WeightRows& rows, size_t channel,
               float scale) {
  double error = 0;
  for (size_t i = 0; i < rows.columns; ++i) {
    const float w = weights[rows.At(channel, i)];
    const float steps = std::clamp(std::nearbyint(w / scale), -kLargestWeight, kLargestWeight);
    const float difference = w - steps * scale;
    error += static_cast<double>(difference) * difference;
  }
  return error;
}

float LargestOf(std::span<const float> weights, const WeightRows& rows, size_t channel) {
  float largest = 0;
  for (size_t i = 0; i < rows.columns; ++i) {
    largest = std::max(largest, std::fabs(weights[rows.At(channel, i)]));
  }
  return largest;
}

// The scale of symmetric weights in a row, by squared error.
float BestScale(std::span<const float> weights, const WeightRows& rows, size_t channel,
                float full) {
  constexpr int kCandidates = 40;
  constexpr float kStep = 0.0125F;
  float best = full;
  double least = ErrorOf(weights, rows, channel, full);
  for (int i = 1; i < kCandidates; ++i) {
    const float scale = full * (1 - kStep * static_cast<float>(i));
    const double error = ErrorOf(weights, rows, channel, scale);
    if (error < least) {
      least = error;
      best = scale;
    }
  }
  return best;
}

// The least scale at which a bias counts no more steps than it may.
float LeastScaleOf(float bias, const std::optional<float>& input_scale) {
  if (!input_scale) return kLeastScale;
  const double scale = std::fabs(static_cast<double>(bias)) / kMostBiasSteps / *input_scale;
  return std::max(static_cast<float>(scale), kLeastScale);
}

std::vector<float> SymmetricScales(std::span<const float> weights, const WeightRows& rows,
                                   const std::vector<float>& bias, const WeightOptions& options) {
  std::vector<float> scales(rows.channels);
  float any = 0;  // of a channel that is not dead
  for (size_t c = 0; c < rows.channels; ++c) {
    scales[c] = LargestOf(weights, rows, c) / kLargestWeight;
    if (options.search && options.per_channel && scales[c] > kLeastScale) {
      scales[c] = BestScale(weights, rows, c, scales[c]);
    }
    any = std::max(any, scales[c]);
  }
  if (any == 0) any = 1;
  for (size_t c = 0; c < rows.channels; ++c) {
    if (scales[c] == 0 || !options.per_channel) scales[c] = any;
    scales[c] = std::max(scales[c], LeastScaleOf(bias[c], options.input_scale));
  }
  if (!options.per_channel) scales = {*std::ranges::max_element(scales)};
  return scales;
}

tensor::Quantization Symmetric(std::span<const float> weights, const WeightRows& rows,
                               const std::vector<float>& bias, const WeightOptions& options) {
  tensor::Quantization quantization;
  quantization.scale = SymmetricScales(weights, rows, bias, options);
  quantization.zero_point.assign(quantization.scale.size(), 0);
  quantization.axis = quantization.per_channel() ? rows.axis : 0;
  return quantization;
}

// One scale and zero point, as TensorFlow 1's converter has them.
tensor::Quantization Asymmetric(std::span<const float> weights, const std::vector<float>& bias,
                                const WeightOptions& options) {
  constexpr int kLowest = kAsymmetric.low;
  constexpr int kHighest = kAsymmetric.high;
  const Range range = RangeOf(weights);
  double scale = (range.high - range.low) / (kHighest - kLowest);
  if (scale == 0) scale = 1;
  for (float b : bias) {
    scale = std::max<double>(scale, LeastScaleOf(b, options.input_scale));
  }
  const double zero = std::round(kLowest - range.low / scale);
  return {{static_cast<float>(scale)},
          {static_cast<int64_t>(std::clamp<double>(zero, kLowest, kHighest))}};
}

}  // namespace

tensor::IntegerLimits WeightLimits(tensor::DType dtype) {
  return dtype == tensor::DType::kUInt8 ? kAsymmetric : kSymmetric;
}

WeightRows RowsOf(const graph::Graph& graph, const graph::Node& layer) {
  const size_t count = WeightsOf(graph, layer).size();
  const size_t channels = passes::OutputChannels(graph, layer);
  const size_t columns = count / channels;
  if (std::holds_alternative<graph::DepthwiseConv2D>(layer.op)) {
    return {channels, columns, 1, channels, 3};
  }
  return {channels, columns, columns, 1, 0};
}

std::span<const float> WeightsOf(const graph::Graph& graph, const graph::Node& layer) {
  return graph.value(layer.inputs[1]).constant->As<float>();
}

std::vector<float> BiasOf(const graph::Graph& graph, const graph::Node& layer) {
  if (layer.inputs.size() < 3) return std::vector<float>(passes::OutputChannels(graph, layer), 0);
  std::span<const float> bias = graph.value(layer.inputs[2]).constant->As<float>();
  return {bias.begin(), bias.end()};
}

std::vector<float> Dequantized(const QuantizedLayer& layer, const WeightRows& rows) {
  std::vector<float> weights(layer.integers.size());
  const auto zero = static_cast<int16_t>(layer.quantization.zero_point[0]);
  for (size_t c = 0; c < rows.channels; ++c) {
    const float scale = layer.ScaleOf(c);
    for (size_t i = 0; i < rows.columns; ++i) {
      const size_t at = rows.At(c, i);
      weights[at] = scale * static_cast<float>(layer.integers[at] - zero);
    }
  }
  return weights;
}

QuantizedLayer QuantizeLayer(std::span<const float> weights, const WeightRows& rows,
                             std::vector<float> bias, const WeightOptions& options) {
  const bool symmetric = options.dtype == tensor::DType::kInt8;
  QuantizedLayer layer{.dtype = options.dtype, .integers = std::vector<int16_t>(weights.size())};
  layer.quantization =
      symmetric ? Symmetric(weights, rows, bias, options) : Asymmetric(weights, bias, options);
  layer.bias = std::move(bias);
  const auto zero = static_cast<float>(layer.quantization.zero_point[0]);
  const auto lowest = static_cast<float>(WeightLimits(options.dtype).low);
  const auto highest = static_cast<float>(WeightLimits(options.dtype).high);
  for (size_t c = 0; c < rows.channels; ++c) {
    const float scale = layer.ScaleOf(c);
    for (size_t i = 0; i < rows.columns; ++i) {
      const size_t at = rows.At(c, i);
      const float steps = std::nearbyint(weights[at] / scale) + zero;
      layer.integers[at] = static_cast<int16_t>(std::clamp(steps, lowest, highest));
    }
  }
  return layer;
}

}  // namespace goldcrest::quantize
