#include "kernels/quantized_layer.h"

#include <algorithm>

namespace goldcrest::kernels {
namespace {

int64_t BiasOffset(int64_t channels) {
  return RoundUp(channels * static_cast<int64_t>(sizeof(Multiplier)), sizeof(int64_t));
}

int64_t FilterOffset(int64_t channels) {
  return BiasOffset(channels) + channels * static_cast<int64_t>(sizeof(int64_t));
}

}  // namespace

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
