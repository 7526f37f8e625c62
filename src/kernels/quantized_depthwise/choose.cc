#include <algorithm>
#include <array>

#include "kernels/quantized_depthwise/columns/columns.h"
#include "kernels/quantized_depthwise/quantized_depthwise.h"

namespace goldcrest::kernels::quantized_depthwise {
namespace {

int64_t ReferencePackedBytes(const Params& params) {
  return PlainWeights::Bytes(params.out_channels(), params.out_channels() * params.taps());
}

void PackReference(const Params& params, const QuantizedWeights& weights, std::byte* packed) {
  PlainWeights::Pack(params.out_channels(), weights, packed);
}

// As quantized_depthwise-inl.h reads it: kGroup rows of the window go together. Bytes by bytes are
// multiplied as unsigned ones, or with a sign if kSigned.
template <class Weight, int64_t kLanes, int64_t kGroup, bool kSigned = false>
struct Panels {
  static constexpr bool kBytes = sizeof(Weight) == 1;

  static std::string_view Refuse(const Params& params) {
    const Window& a = params.window;
    if (params.layer.long_sums) return "sums of int16 that need 64 bits";
    if (params.multiplier != 1) return "more than one filter a channel";
    if (params.rest() < params.out_channels()) return "its last channels are rounded another way";
    if (params.in_channels < kLanes) return "fewer channels than a vector has";
    if (kBytes && params.layer.input == tensor::DType::kInt16) return "for bytes only";
    if (kBytes && (params.layer.filter_zero != 0 || params.layer.filter != tensor::DType::kInt8)) {
      return "weights with a zero point do not fit in signed bytes";
    }
    const int64_t columns = (a.kernel_w - 1) * a.dilation_w + 1 + 3 * a.stride_w;
    if (columns * Groups(params) > kMostVectors) return "a wider window than it has memory for";
    return {};
  }
  static int64_t PackedBytes(const Params& params) {
    return RoundUp(params.in_channels, kLanes) / kLanes * PanelBytes(params);
  }
  static void Pack(const Params& params, const QuantizedWeights& weights, std::byte* packed) {
    std::fill_n(packed, PackedBytes(params), std::byte{0});
    for (int64_t c = 0; c < params.in_channels; c += kLanes, packed += PanelBytes(params)) {
      // The last panel shares channels with the one before.
      const int64_t first = std::min(c, params.in_channels - kLanes);
      for (int64_t i = 0; i < kLanes; ++i) PackChannel(params, weights, first + i, packed, i);
    }
  }

 private:
  static int64_t Groups(const Params& params) {
    return (params.window.kernel_h + kGroup - 1) / kGroup;
  }
  static int64_t PanelBytes(const Params& params) {
    return kLanes * (kPanelHeadBytes + Groups(params) * params.window.kernel_w * kGroup *
                                           static_cast<int64_t>(sizeof(Weight)));
  }
  static void PackChannel(const Params& params, const QuantizedWeights& weights, int64_t channel,
                          std::byte* panel, int64_t i) {
    auto* out = reinterpret_cast<Weight*>(panel + kLanes * kPanelHeadBytes);
    int64_t sum = 0;
    for (int64_t t = 0; t < params.taps(); ++t) {
      const int64_t u = t / params.window.kernel_w;
      const int64_t v = t % params.window.kernel_w;
      const int32_t w = weights.Centred(params.layer, t * params.in_channels + channel);
      const int64_t group = u / kGroup * params.window.kernel_w + v;
      out[(group * kLanes + i) * kGroup + u % kGroup] = static_cast<Weight>(w);
      sum += w;
    }
    const int64_t offset = kSigned ? SignedOffset(params.layer) : UnsignedOffset(params.layer);
    const int64_t zero = params.layer.input_zero + (kBytes ? offset : 0);
    PackPanelHead(params.layer, weights, channel, zero, sum, panel, kLanes, i);
  }
};

// As columns.h describes it.
struct WovenPanels {
  static std::string_view Refuse(const Params& params) {
    const Window& a = params.window;
    const QuantizedLayer& layer = params.layer;
    if (layer.input == tensor::DType::kInt16) return "for bytes only";
    if (layer.requantization.rounding != Rounding::kFloat) return "for rounding in float32 only";
    if (!layer.requantization.small_factors) return "a factor of 1 or more";
    if (layer.filter_zero != 0 || layer.filter != tensor::DType::kInt8) {
      return "weights with a zero point do not fit in signed bytes";
    }
    if (params.multiplier != 1) return "more than one filter a channel";
    if (a.kernel_h != a.kernel_w || (a.kernel_w != 3 && a.kernel_w != 5) || a.dilation_w != 1 ||
        a.stride_w > 2) {
      return "for windows of 3x3 and 5x5 and strides of 1 and 2 only";
    }
    if (a.kernel_w == 3 && a.stride_w == 1 && (a.stride_h != 1 || a.dilation_h != 1)) {
      return "its rows are farther apart than its columns";
    }
    if (params.in_channels < 32 &&
        (a.kernel_w != 3 ||
         (params.in_channels != 16 && (params.in_channels != 8 || a.stride_w != 1)))) {
      return "fewer channels than a vector has";
    }
    return {};
  }
  static int64_t PackedBytes(const Params& params) {
    int64_t bytes = 0;
    for (int64_t c = 0; c < params.in_channels;) {
      const int64_t width = ColumnsWidth(params.in_channels, c);
      bytes += PanelBytes(params, width);
      c += width;
    }
    return bytes;
  }
  static void Pack(const Params& params, const QuantizedWeights& weights, std::byte* packed) {
    std::fill_n(packed, PackedBytes(params), std::byte{0});
    for (int64_t c = 0; c < params.in_channels;) {
      const int64_t width = ColumnsWidth(params.in_channels, c);
      // Few channels are repeated, for several pixels.
      const int64_t first = std::min(c, std::max<int64_t>(params.in_channels - width, 0));
      for (int64_t i = 0; i < width; ++i) {
        const int64_t channel = (first + WovenChannel(width, i)) % params.in_channels;
        PackLane(params, weights, channel, packed, width, i);
      }
      c += width;
      packed += PanelBytes(params, width);
    }
  }

 private:
  static int64_t PanelBytes(const Params& params, int64_t width) {
    return width * (kPanelHeadBytes + ColumnsGroups(params.window.kernel_w) * 4);
  }
  static void PackLane(const Params& params, const QuantizedWeights& weights, int64_t channel,
                       std::byte* panel, int64_t width, int64_t i) {
    auto* out = reinterpret_cast<int8_t*>(panel + width * kPanelHeadBytes);
    int64_t sum = 0;
    for (int64_t t = 0; t < params.taps(); ++t) {
      const int64_t u = t / params.window.kernel_w;
      const int64_t v = t % params.window.kernel_w;
      const int32_t w = weights.Centred(params.layer, t * params.in_channels + channel);
      const auto [group, byte] = ColumnsPlace(u, v, params.window.stride_w);
      out[(group * width + i) * 4 + byte] = static_cast<int8_t>(w);
      sum += w;
    }
    const int64_t zero = params.layer.input_zero + UnsignedOffset(params.layer);
    PackPanelHead(params.layer, weights, channel, zero, sum, panel, width, i);
  }
};

template <class Layout>
constexpr Row VectorRow(std::string_view name, base::Isa isa, decltype(Row::run) run) {
  return {name, isa, Layout::Refuse, Layout::PackedBytes, Layout::Pack, run};
}

constexpr std::array kRows = {
#if defined(__x86_64__)
    VectorRow<WovenPanels>("quantized_depthwise_avx512vnni_columns", base::Isa::kAvx512Vnni,
                           RunAvx512VnniColumns),
    VectorRow<Panels<int8_t, 16, 4>>("quantized_depthwise_avx512vnni", base::Isa::kAvx512Vnni,
                                     RunAvx512Vnni),
    VectorRow<Panels<int16_t, 16, 2>>("quantized_depthwise_avx512", base::Isa::kAvx512, RunAvx512),
    VectorRow<Panels<int8_t, 8, 4>>("quantized_depthwise_avxvnni", base::Isa::kAvxVnni, RunAvxVnni),
    VectorRow<Panels<int16_t, 8, 2>>("quantized_depthwise_avx2", base::Isa::kAvx2, RunAvx2),
#elif defined(__aarch64__)
    VectorRow<Panels<int8_t, 8, 4, true>>("quantized_depthwise_neondot", base::Isa::kNeonDot,
                                          RunNeonDot),
    VectorRow<Panels<int16_t, 8, 1>>("quantized_depthwise_neon", base::Isa::kNeon, RunNeon),
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
