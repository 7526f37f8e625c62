#include <algorithm>
#include <array>

#include "kernels/quantized_depthwise/quantized_depthwise.h"

namespace goldcrest::kernels::quantized_depthwise {
namespace {

int64_t ReferencePackedBytes(const Params& params) {
  return PlainWeights::Bytes(params.out_channels(), params.out_channels() * params.taps());
}

void PackReference(const Params& params, const QuantizedWeights& weights, std::byte* packed) {
  PlainWeights::Pack(params.out_channels(), weights, packed);
}

// As quantized_depthwise-inl.h reads it.
template <int64_t kLanes>
struct Panels {
  static int64_t PanelBytes(const Params& params) {
    return kLanes *
           (kPanelHeadBytes + RoundUp(params.taps(), 2) * static_cast<int64_t>(sizeof(int16_t)));
  }
  static int64_t ZerosOffset(const Params& params) {
    return RoundUp(params.in_channels, kLanes) / kLanes * PanelBytes(params);
  }
  static int64_t PackedBytes(const Params& params) {
    return ZerosOffset(params) + params.in_channels;
  }
  static void Pack(const Params& params, const QuantizedWeights& weights, std::byte* packed) {
    std::fill_n(packed, ZerosOffset(params), std::byte{0});
    std::fill_n(packed + ZerosOffset(params), params.in_channels,
                static_cast<std::byte>(params.layer.input_zero));
    for (int64_t c = 0; c < params.in_channels; ++c) {
      std::byte* panel = packed + c / kLanes * PanelBytes(params);
      auto* out = reinterpret_cast<int16_t*>(panel + kLanes * kPanelHeadBytes);
      int64_t sum = 0;
      for (int64_t t = 0; t < params.taps(); ++t) {
        const int32_t w = weights.Centred(params.layer, t * params.in_channels + c);
        out[(t / 2 * kLanes + c % kLanes) * 2 + t % 2] = static_cast<int16_t>(w);
        sum += w;
      }
      PackPanelHead(weights, c, params.layer.input_zero, sum, panel, kLanes, c % kLanes);
    }
  }
};

[[maybe_unused]] std::string_view RefuseVector(const Params& params) {
  if (params.layer.input == tensor::DType::kInt16) return "sums of int16 need 64 bits";
  if (params.multiplier != 1) return "more than one filter a channel";
  if (params.taps() > kMostTaps) return "more taps than it has pointers for";
  if (params.rest() < params.out_channels()) return "its last channels are rounded another way";
  return {};
}

[[maybe_unused]] std::string_view RefuseNarrow(const Params& params) {
  if (params.in_channels <= 8) return "half of its vectors would be empty";
  return RefuseVector(params);
}

template <int64_t kLanes>
constexpr Row VectorRow(std::string_view name, base::Isa isa, decltype(Row::refuse) refuse,
                        decltype(Row::run) run) {
  return {name, isa, refuse, Panels<kLanes>::PackedBytes, Panels<kLanes>::Pack, run};
}

constexpr std::array kRows = {
#if defined(__x86_64__)
    VectorRow<16>("quantized_depthwise_avx512", base::Isa::kAvx512, RefuseNarrow, RunAvx512),
    VectorRow<8>("quantized_depthwise_avx2", base::Isa::kAvx2, RefuseVector, RunAvx2),
#endif
    Row{"quantized_depthwise_reference", base::Isa::kScalar, NeverRefuse<Params>,
        ReferencePackedBytes, PackReference, RunReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::kernels::quantized_depthwise
