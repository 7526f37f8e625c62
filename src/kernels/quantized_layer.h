// What the layers of integers with weights have in common: types, zero points, how sums become
// results, and how that is packed for the vector kernels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/requantize.h"
#include "tensor/dtype.h"

namespace goldcrest::kernels {

// The result has the input's type. A window that reaches over the picture's edge reads input_zero.
struct QuantizedLayer {
  tensor::DType input = tensor::DType::kInt8;   // int8, uint8 or int16
  tensor::DType filter = tensor::DType::kInt8;  // int8 or uint8
  int32_t input_zero = 0;
  int32_t filter_zero = 0;
  Requantization requantization;
};

// Bias and multipliers have one element an output channel; no bias at all is zeros.
struct QuantizedWeights {
  std::span<const std::byte> filter;
  std::span<const int64_t> bias;
  std::span<const Multiplier> multipliers;

  // Element i of the filter, less its zero point.
  int32_t Centred(const QuantizedLayer& layer, int64_t i) const {
    const std::byte raw = filter[static_cast<size_t>(i)];
    const int32_t w = layer.filter == tensor::DType::kUInt8
                          ? static_cast<int32_t>(static_cast<uint8_t>(raw))
                          : static_cast<int32_t>(static_cast<int8_t>(raw));
    return w - layer.filter_zero;
  }
};

// What a panel of `width` channels begins with: int32 bias, float32 scale, int32 multiplier and
// int32 shift of each.
inline constexpr int64_t kPanelHeadBytes = 16;  // of one channel

// Of output channel `channel`, number i of its panel. Inputs are multiplied as they come, so that
// the bias holds what their zero point `input_zero` makes of `weight_sum`.
inline void PackPanelHead(const QuantizedWeights& weights, int64_t channel, int64_t input_zero,
                          int64_t weight_sum, std::byte* panel, int64_t width, int64_t i) {
  const auto index = static_cast<size_t>(channel);
  const Multiplier& m = weights.multipliers[index];
  const int64_t bias = weights.bias.empty() ? 0 : weights.bias[index];
  auto* head = reinterpret_cast<int32_t*>(panel);
  head[i] = static_cast<int32_t>(static_cast<uint32_t>(bias - input_zero * weight_sum));
  reinterpret_cast<float*>(head)[width + i] = m.real;
  head[2 * width + i] = m.fixed.multiplier;
  head[3 * width + i] = m.fixed.shift;
}

constexpr int64_t RoundUp(int64_t x, int64_t multiple) {
  return (x + multiple - 1) / multiple * multiple;
}

// What the reference kernels pack: multipliers and bias of each channel, and the filter as it is.
struct PlainWeights {
  const Multiplier* multipliers;
  const int64_t* bias;
  const std::byte* filter;

  PlainWeights(int64_t channels, const std::byte* packed);
  static int64_t Bytes(int64_t channels, int64_t filter_bytes);
  static void Pack(int64_t channels, const QuantizedWeights& weights, std::byte* packed);
};

}  // namespace goldcrest::kernels
