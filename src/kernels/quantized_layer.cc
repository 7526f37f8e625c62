#include "kernels/quantized_layer.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace goldcrest::kernels {
namespace {

int64_t BiasOffset(int64_t channels) {
  return RoundUp(channels * static_cast<int64_t>(sizeof(Multiplier)), sizeof(int64_t));
}

int64_t FilterOffset(int64_t channels) {
  return BiasOffset(channels) + channels * static_cast<int64_t>(sizeof(int64_t));
}

}  // namespace

bool HasLongSums(const QuantizedLayer& layer, const QuantizedWeights& weights, int64_t channels,
                 int64_t depth, bool side_by_side) {
  if (layer.input != tensor::DType::kInt16) return false;
  if (layer.requantization.rounding == Rounding::kWideSingle) return true;
  for (int64_t c = 0; c < channels; ++c) {
    const int64_t bias = weights.bias.empty() ? 0 : weights.bias[static_cast<size_t>(c)];
    if (bias < -INT32_MAX || bias > INT32_MAX) return true;
    int64_t most = std::abs(bias);
    for (int64_t k = 0; k < depth; ++k) {
      most += std::abs(weights.Centred(layer, side_by_side ? k * channels + c : c * depth + k)) *
              (int64_t{1} << 15);
    }
    if (most > INT32_MAX) return true;
  }
  return false;
}

void PackPanelHead(const QuantizedLayer& layer, const QuantizedWeights& weights, int64_t channel,
                   int64_t input_zero, int64_t weight_sum, std::byte* panel, int64_t width,
                   int64_t i) {
  const auto index = static_cast<size_t>(channel);
  const Multiplier& m = weights.multipliers[index];
  const int64_t bias = weights.bias.empty() ? 0 : weights.bias[index];
  const bool wide = layer.requantization.rounding == Rounding::kWide;
  const FixedPoint fixed = wide ? Reduced(m.fixed) : m.fixed;
  auto* head = reinterpret_cast<int32_t*>(panel);
  head[i] = static_cast<int32_t>(static_cast<uint32_t>(bias - input_zero * weight_sum));
  reinterpret_cast<float*>(head)[width + i] = m.real;
  const bool reals = layer.requantization.rounding == Rounding::kToReals;
  head[2 * width + i] = reals ? static_cast<int32_t>(weight_sum) : fixed.multiplier;
  head[3 * width + i] = reals ? std::bit_cast<int32_t>(m.bias) : fixed.shift;
}

PlainWeights::PlainWeights(int64_t channels, const std::byte* packed)
    : multipliers(reinterpret_cast<const Multiplier*>(packed)),
      bias(reinterpret_cast<const int64_t*>(packed + BiasOffset(channels))),
      filter(packed + FilterOffset(channels)) {}

int64_t PlainWeights::Bytes(int64_t channels, int64_t filter_bytes) {
  return FilterOffset(channels) + filter_bytes;
}

void PlainWeights::Pack(int64_t channels, const QuantizedWeights& weights, std::byte* packed) {
  std::ranges::copy(std::as_bytes(weights.multipliers), packed);
  auto* bias = reinterpret_cast<int64_t*>(packed + BiasOffset(channels));
  std::fill_n(bias, channels, 0);
  std::ranges::copy(weights.bias, bias);
  std::ranges::copy(weights.filter, packed + FilterOffset(channels));
}

}  // namespace goldcrest::kernels
