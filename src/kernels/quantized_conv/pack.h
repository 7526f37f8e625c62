// How weights are laid out for the rows.
#pragma once

#include <algorithm>
#include <type_traits>

#include "kernels/quantized_conv/quantized_conv.h"

namespace goldcrest::kernels::quantized_conv {

// What is added to a weight, less its zero point, to make it an int8.
constexpr int32_t WeightOffset(const QuantizedLayer& layer) {
  return layer.filter_zero - (layer.filter == tensor::DType::kUInt8 ? 128 : 0);
}

int64_t ReferenceWidth(const Params& params);
int64_t ReferencePackedBytes(const Params& params);
void PackReference(const Params& params, const QuantizedWeights& weights, std::byte* packed);

// Panels of kLanes · kVectors output channels, of which the last is narrower by whole vectors:
// panel heads (int32 bias, float scale, int32 multiplier, int32 shift of each channel), then for
// each kGroup elements of the window the weights of each channel, as WeightType.
//
// Bytes are multiplied as they come and the zero point of the input is in the bias. Where
// WeightType is int8 the rows take them as unsigned (an int8 plus 128) or, if kSigned, with a sign
// (a uint8 less 128), and weights with a zero point are moved into the range of int8. With kTile,
// bytes are taken with their own sign, and the window is filled up to a multiple of it by weights
// of zero.
template <class WeightType, int64_t kLanes, int64_t kVectors, int64_t kGroup, bool kSigned = false,
          int64_t kTile = 0>
struct Panels {
  static constexpr bool kBytes = std::is_same_v<WeightType, int8_t>;

  static int64_t Width(const Params&) { return kLanes * kVectors; }

  static int64_t PackedBytes(const Params& params) {
    const int64_t channels = RoundUp(params.out_channels, kLanes);
    return channels * ChannelBytes(params);
  }

  static void Pack(const Params& params, const QuantizedWeights& weights, std::byte* packed) {
    std::fill_n(packed, PackedBytes(params), std::byte{0});
    for (int64_t first = 0; first < params.out_channels; first += kLanes * kVectors) {
      const int64_t count = std::min(params.out_channels - first, kLanes * kVectors);
      const int64_t width = RoundUp(count, kLanes);
      for (int64_t i = 0; i < count; ++i) PackChannel(params, weights, first + i, packed, width, i);
      packed += width * ChannelBytes(params);
    }
  }

 private:
  static int64_t ChannelBytes(const Params& params) {
    return kPanelHeadBytes + RoundUp(params.depth(), kTile == 0 ? kGroup : kTile) *
                                 static_cast<int64_t>(sizeof(WeightType));
  }

  // Output channel `channel`, number i of its panel of `width`.
  static void PackChannel(const Params& params, const QuantizedWeights& weights, int64_t channel,
                          std::byte* panel, int64_t width, int64_t i) {
    const std::byte* filter = weights.filter.data() + channel * params.depth();
    auto* to = reinterpret_cast<WeightType*>(panel + width * kPanelHeadBytes) + i * kGroup;
    const int64_t sum =
        params.layer.filter == tensor::DType::kUInt8
            ? PackFilter(params, reinterpret_cast<const uint8_t*>(filter), width, to)
            : PackFilter(params, reinterpret_cast<const int8_t*>(filter), width, to);
    const bool reals = params.layer.requantization.rounding == Rounding::kToReals;
    const int64_t offset = kSigned ? SignedOffset(params.layer) : UnsignedOffset(params.layer);
    const int64_t zero =
        (reals ? 0 : params.layer.input_zero) + (kBytes && kTile == 0 ? offset : 0);
    PackPanelHead(params.layer, weights, channel, zero, sum, panel, width, i);
  }

  // Returns the sum of the weights, less their zero point.
  template <class Raw>
  static int64_t PackFilter(const Params& params, const Raw* filter, int64_t width,
                            WeightType* to) {
    const int64_t depth = params.depth();
    const int32_t zero = params.layer.filter_zero;
    const int32_t moved = kBytes ? WeightOffset(params.layer) : 0;
    int64_t sum = 0;
    for (int64_t k = 0; k < depth; k += kGroup, to += width * kGroup) {
      const int64_t count = std::min(kGroup, depth - k);
      for (int64_t j = 0; j < count; ++j) {
        const int32_t w = filter[k + j] - zero;
        to[j] = static_cast<WeightType>(w + moved);
        sum += w;
      }
    }
    return sum;
  }
};

}  // namespace goldcrest::kernels::quantized_conv
