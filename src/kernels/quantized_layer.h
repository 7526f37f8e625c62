// What the layers of integers with weights have in common: types, zero points, how sums become
// results, and how that is packed for the vector kernels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/requantize.h"
#include "tensor/dtype.h"

namespace goldcrest::kernels {

// The result has the input's type, or is float32 (Rounding::kToReals). A window that reaches over
// the picture's edge reads input_zero.
struct QuantizedLayer {
  tensor::DType input = tensor::DType::kInt8;   // int8, uint8 or int16
  tensor::DType filter = tensor::DType::kInt8;  // int8 or uint8
  int32_t input_zero = 0;
  int32_t filter_zero = 0;
  bool long_sums = false;  // sums that may not fit in 32 bits: of int16 only
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

// Whether sums of int16 need 64 bits: to hold them, whatever the input, or for the rounding of what
// they become. The filter has `depth`
// elements of each of `channels` output channels: channel by channel, or all channels of an element
// side by side.
bool HasLongSums(const QuantizedLayer& layer, const QuantizedWeights& weights, int64_t channels,
                 int64_t depth, bool side_by_side);

// What a panel of `width` channels begins with: int32 bias, float32 scale, int32 multiplier and
// int32 shift of each; of kToReals, whose zero point is not known yet, the sum of the weights and a
// bias of float32 in the place of the last two.
inline constexpr int64_t kPanelHeadBytes = 16;  // of one channel

// Of output channel `channel`, number i of its panel. Inputs are multiplied as they come, so that
// the bias holds what their zero point `input_zero` makes of `weight_sum`.
void PackPanelHead(const QuantizedLayer& layer, const QuantizedWeights& weights, int64_t channel,
                   int64_t input_zero, int64_t weight_sum, std::byte* panel, int64_t width,
                   int64_t i);

// Of a kernel that takes inputs as unsigned bytes: int8 plus this.
constexpr int32_t UnsignedOffset(const QuantizedLayer& layer) {
  return layer.input == tensor::DType::kInt8 ? 128 : 0;
}

// Of one that takes them with a sign: uint8 plus this.
constexpr int32_t SignedOffset(const QuantizedLayer& layer) {
  return layer.input == tensor::DType::kUInt8 ? -128 : 0;
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
