#include <algorithm>
#include <array>
#include <cstring>

#include "kernels/bfloat16.h"
#include "kernels/conv/conv.h"

namespace goldcrest::kernels::conv {
namespace {

template <int64_t kWidth>
int64_t PanelWidth(const Params&) {
  return kWidth;
}

// Output channels with zeros for those that are lacking: the last panel may be narrower.
template <int64_t kNarrow>
int64_t PaddedChannels(const Params& params) {
  return (params.out_channels + kNarrow - 1) / kNarrow * kNarrow;
}

template <int64_t kNarrow>
int64_t PanelPackedCount(const Params& params) {
  return PaddedChannels<kNarrow>(params) * (params.taps() * params.in_channels + 1);
}

// Output channels [first, first + width): the bias, then for each tap and input channel the
// weights; zeros where channels are lacking. Returns the end.
float* PackPanel(const Params& params, const float* w, const float* bias, int64_t first,
                 int64_t width, float* packed) {
  constexpr int64_t kBlock = 16;  // a cache line of each filter
  const int64_t depth = params.taps() * params.in_channels;
  const int64_t count = std::min(width, params.out_channels - first);
  std::fill_n(packed, width * (depth + 1), 0.0F);
  if (bias != nullptr) std::copy_n(bias + first, count, packed);
  packed += width;
  for (int64_t block = 0; block < depth; block += kBlock) {
    const int64_t end = std::min(block + kBlock, depth);
    for (int64_t o = 0; o < count; ++o) {
      const float* filter = w + (first + o) * depth;
      for (int64_t k = block; k < end; ++k) packed[k * width + o] = filter[k];
    }
  }
  return packed + depth * width;
}

using PackOne = float*(const Params& params, const float* w, const float* bias, int64_t first,
                       int64_t width, float* packed);

// Panels of kWidth channels. The last may be narrower by whole vectors of kVector, and end in a
// panel of kNarrow.
template <int64_t kWidth, int64_t kVector, int64_t kNarrow, PackOne* kPackOne = PackPanel>
void PackPanels(const Params& params, const float* w, const float* bias, float* packed) {
  const int64_t padded = PaddedChannels<kNarrow>(params);
  for (int64_t first = 0; first < padded;) {
    const int64_t left = padded - first;
    const int64_t width = left >= kWidth    ? kWidth
                          : left >= kVector ? left / kVector * kVector
                                            : left;
    packed = kPackOne(params, w, bias, first, width, packed);
    first += width;
  }
}

std::string_view RefuseTile(const Params& params) {
  if (params.in_order) return "sums in another order than the reference kernels'";
  if (params.in_channels > kMostChannels) return "more input channels than the zero row has";
  if (params.taps() > kMostTaps) return "more taps than it has pointers for";
  return {};
}

#if defined(__x86_64__)
// The products of an output in pairs, whose number is a multiple; the last may be half empty.
template <int64_t kMultiple>
int64_t Pairs(const Params& params) {
  const int64_t pairs = (params.taps() * params.in_channels + 1) / 2;
  return (pairs + kMultiple - 1) / kMultiple * kMultiple;
}

template <int64_t kNarrow, int64_t kMultiple>
int64_t PairsPackedCount(const Params& params) {
  return PaddedChannels<kNarrow>(params) * (Pairs<kMultiple>(params) + 1);
}

// As PackPanel, but two weights of bfloat16 in the place of one float.
template <int64_t kMultiple>
float* PackPairsPanel(const Params& params, const float* w, const float* bias, int64_t first,
                      int64_t width, float* packed) {
  const int64_t depth = params.taps() * params.in_channels;
  const int64_t pairs = Pairs<kMultiple>(params);
  const int64_t count = std::min(width, params.out_channels - first);
  std::memset(packed, 0, static_cast<size_t>(width * (pairs + 1)) * sizeof(float));
  if (bias != nullptr) std::copy_n(bias + first, count, packed);
  packed += width;
  auto* to = reinterpret_cast<uint16_t*>(packed);
  constexpr int64_t kBlock = 16;  // a cache line of each filter
  for (int64_t block = 0; block < depth; block += kBlock) {
    const int64_t end = std::min(block + kBlock, depth);
    for (int64_t o = 0; o < count; ++o) {
      const float* filter = w + (first + o) * depth;
      for (int64_t k = block; k < end; ++k) {
        to[(k / 2 * width + o) * 2 + k % 2] = ToBfloat16(filter[k]);
      }
    }
  }
  return packed + pairs * width;
}

std::string_view RefusePairs(const Params& params) {
  if (!params.bfloat16) return "computes in bfloat16, which was not asked for";
  if (params.taps() * params.in_channels > kMostRounded) {
    return "more products of one output than it rounds at once";
  }
  return RefuseTile(params);
}

std::string_view RefuseAmx(const Params& params) {
  const int64_t depth = params.taps() * params.in_channels;
  if (depth > kMostTileRounded) return "more products of one output than its tiles round at once";
  // Sixteen pixels by sixteen channels by 32 products take the same time, however many are there.
  if (params.pixels() < 8 || params.out_channels < 8 || depth < 16) {
    return "fills less than half of a tile";
  }
  return RefusePairs(params);
}
#endif

std::string_view RefuseWide(const Params& params) {
  if (params.out_channels > 8) return "more output channels than one vector has lanes";
  return RefuseTile(params);
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

template <int64_t kPixels, int64_t kWidth, int64_t kVector, int64_t kNarrow>
constexpr Row TileRow(std::string_view name, base::Isa isa, decltype(Row::refuse) refuse,
                      decltype(Row::run) run) {
  return {name,
          isa,
          refuse,
          kPixels,
          PanelWidth<kWidth>,
          PanelPackedCount<kNarrow>,
          PackPanels<kWidth, kVector, kNarrow>,
          run};
}

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"conv_bf16_32x32_amx", base::Isa::kAmx, RefuseAmx, 32, PanelWidth<32>,
        PairsPackedCount<16, 16>, PackPanels<32, 16, 16, PackPairsPanel<16>>, RunAmx},
    Row{"conv_bf16_14x32_avx512bf16", base::Isa::kAvx512Bf16, RefusePairs, 14, PanelWidth<32>,
        PairsPackedCount<8, 1>, PackPanels<32, 16, 8, PackPairsPanel<1>>, RunAvx512Bf16Tile14x32},
    TileRow<14, 32, 16, 8>("conv_f32_14x32_avx512", base::Isa::kAvx512, RefuseTile,
                           RunAvx512Tile14x32),
    TileRow<8, 8, 8, 8>("conv_f32_8x8_avx2", base::Isa::kAvx2, RefuseWide, RunAvx2Tile8x8),
    TileRow<6, 16, 8, 8>("conv_f32_6x16_avx2", base::Isa::kAvx2, RefuseTile, RunAvx2Tile6x16),
#elif defined(__aarch64__)
    TileRow<8, 8, 8, 8>("conv_f32_8x8_neon", base::Isa::kNeon, RefuseWide, RunNeonTile8x8),
    TileRow<6, 16, 8, 8>("conv_f32_6x16_neon", base::Isa::kNeon, RefuseTile, RunNeonTile6x16),
#endif
    Row{"conv_f32_reference", base::Isa::kScalar, NeverRefuse<Params>, 1, ReferenceWidth,
        ReferencePackedCount, PackReference, RunReference},
};

// Where it takes no space in a file, which constants do.
float zeros[kMostChannels];

}  // namespace

const float* const kZeros = zeros;

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::kernels::conv
