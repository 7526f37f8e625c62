#include <algorithm>
#include <array>

#include "kernels/conv/conv.h"

namespace goldcrest::kernels::conv {
namespace {

// Panels of kWidth output channels: the bias, then for each tap and input channel kWidth weights;
// zeros where channels are lacking.
template <int64_t kWidth>
int64_t PanelWidth(const Params&) {
  return kWidth;
}

template <int64_t kWidth>
int64_t PanelPackedCount(const Params& params) {
  int64_t panels = (params.out_channels + kWidth - 1) / kWidth;
  return panels * kWidth * (params.taps() * params.in_channels + 1);
}

template <int64_t kWidth>
void PackPanels(const Params& params, const float* w, const float* bias, float* packed) {
  const int64_t depth = params.taps() * params.in_channels;
  for (int64_t first = 0; first < params.out_channels; first += kWidth) {
    auto put = [&](auto&& value_of) {
      for (int64_t i = 0; i < kWidth; ++i) {
        *packed++ = first + i < params.out_channels ? value_of(first + i) : 0;
      }
    };
    put([&](int64_t o) { return bias != nullptr ? bias[o] : 0; });
    for (int64_t k = 0; k < depth; ++k) {
      put([&](int64_t o) { return w[o * depth + k]; });
    }
  }
}

template <int64_t kWidth>
std::string_view RefuseTile(const Params& params) {
  if (params.in_channels > kMostChannels) return "more input channels than the zero row has";
  if (params.taps() > kMostTaps) return "more taps than it has pointers for";
  // A tile of half the width does the same work.
  int64_t left = params.out_channels % kWidth;
  if (kWidth > 8 && left > 0 && left <= kWidth / 2 && params.out_channels < 4 * kWidth) {
    return "half of its last panel would be empty";
  }
  return {};
}

int64_t ReferenceWidth(const Params& params) { return params.out_channels; }

int64_t ReferencePackedCount(const Params& params) {
  return params.out_channels * (params.taps() * params.in_channels + 1);
}

void PackReference(const Params& params, const float* w, const float* bias, float* packed) {
  float* end = std::copy_n(w, params.out_channels * params.taps() * params.in_channels, packed);
  if (bias != nullptr) {
    std::copy_n(bias, params.out_channels, end);
  } else {
    std::fill_n(end, params.out_channels, 0.0F);
  }
}

template <int64_t kWidth>
constexpr Row TileRow(std::string_view name, base::Isa isa, decltype(Row::run) run) {
  return {name,
          isa,
          RefuseTile<kWidth>,
          PanelWidth<kWidth>,
          PanelPackedCount<kWidth>,
          PackPanels<kWidth>,
          run};
}

constexpr std::array kRows = {
#if defined(__x86_64__)
    TileRow<32>("conv_f32_8x32_avx512", base::Isa::kAvx512, RunAvx512Tile8x32),
    TileRow<16>("conv_f32_8x16_avx512", base::Isa::kAvx512, RunAvx512Tile8x16),
    TileRow<16>("conv_f32_6x16_avx2", base::Isa::kAvx2, RunAvx2Tile6x16),
    TileRow<8>("conv_f32_6x8_avx2", base::Isa::kAvx2, RunAvx2Tile6x8),
#elif defined(__aarch64__)
    TileRow<16>("conv_f32_6x16_neon", base::Isa::kNeon, RunNeonTile6x16),
    TileRow<8>("conv_f32_8x8_neon", base::Isa::kNeon, RunNeonTile8x8),
#endif
    Row{"conv_f32_reference", base::Isa::kScalar, NeverRefuse<Params>, ReferenceWidth,
        ReferencePackedCount, PackReference, RunReference},
};

}  // namespace

const float kZeros[kMostChannels] = {};

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::kernels::conv
