#include <array>

#include "kernels/quantized_conv/pack.h"

namespace goldcrest::kernels::quantized_conv {
namespace {

[[maybe_unused]] std::string_view RefuseTile(const Params& params) {
  if (params.layer.long_sums) return "sums of int16 that need 64 bits";
  if (params.depth() > kMostDepth) return "a larger window than a tile has memory for";
  return {};
}

[[maybe_unused]] std::string_view RefuseBytes(const Params& params) {
  if (params.layer.input == tensor::DType::kInt16) return "for bytes only";
  return RefuseTile(params);
}

[[maybe_unused]] std::string_view RefuseAmx(const Params& params) {
  if (WeightOffset(params.layer) != 0) return "weights with a zero point";
  if (params.depth() > kMostTileDepth) return "a larger window than a tile has memory for";
  // Sixteen pixels by sixteen channels by 64 products take the same time, however many are there.
  if (params.pixels() < 8 || params.out_channels < 8 || params.depth() < 32) {
    return "fills less than half of a tile";
  }
  return RefuseBytes(params);
}

[[maybe_unused]] std::string_view RefuseKept(const Params& params) {
  if (params.depth() > kMostKeptDepth) return "more weights than stay in registers";
  if (params.layer.requantization.rounding != Rounding::kFloat)
    return "for rounding in float32 only";
  if (!params.layer.requantization.small_factors) return "a factor of 1 or more";
  if (WeightOffset(params.layer) != 0) return "weights with a zero point";
  return RefuseBytes(params);
}

[[maybe_unused]] std::string_view RefuseWideKept(const Params& params) {
  if (params.out_channels > 8) return "more output channels than half a vector has lanes";
  return RefuseKept(params);
}

template <class Layout>
constexpr Row TileRow(std::string_view name, base::Isa isa, decltype(Row::refuse) refuse,
                      int64_t tile_pixels, decltype(Row::run) run) {
  return {name, isa, refuse, tile_pixels, Layout::Width, Layout::PackedBytes, Layout::Pack, run};
}

constexpr std::array kRows = {
#if defined(__x86_64__)
    TileRow<Panels<int8_t, 16, 2, 4, false, 64>>("quantized_conv_32x32_amx", base::Isa::kAmx,
                                                 RefuseAmx, 32, RunAmx),
    TileRow<Panels<int8_t, 8, 1, 4>>("quantized_conv_kept8_avx512vnni", base::Isa::kAvx512Vnni,
                                     RefuseWideKept, 8, RunNarrowKeptAvx512Vnni),
    TileRow<Panels<int8_t, 16, 2, 4>>("quantized_conv_kept32_avx512vnni", base::Isa::kAvx512Vnni,
                                      RefuseKept, 8, RunKeptAvx512Vnni),
    TileRow<Panels<int8_t, 16, 2, 4>>("quantized_conv_14x32_avx512vnni", base::Isa::kAvx512Vnni,
                                      RefuseBytes, 14, RunAvx512Vnni),
    TileRow<Panels<int16_t, 16, 2, 2>>("quantized_conv_8x32_avx512", base::Isa::kAvx512, RefuseTile,
                                       8, RunAvx512),
    TileRow<Panels<int8_t, 8, 2, 4>>("quantized_conv_6x16_avxvnni", base::Isa::kAvxVnni,
                                     RefuseBytes, 6, RunAvxVnni),
    TileRow<Panels<int16_t, 8, 2, 2>>("quantized_conv_6x16_avx2", base::Isa::kAvx2, RefuseTile, 6,
                                      RunAvx2),
#elif defined(__aarch64__)
    TileRow<Panels<int8_t, 8, 2, 8, true>>("quantized_conv_6x16_neoni8mm", base::Isa::kNeonI8mm,
                                           RefuseBytes, 6, RunNeonI8mm),
    TileRow<Panels<int8_t, 8, 2, 4, true>>("quantized_conv_6x16_neondot", base::Isa::kNeonDot,
                                           RefuseBytes, 6, RunNeonDot),
    TileRow<Panels<int16_t, 8, 2, 2>>("quantized_conv_6x16_neon", base::Isa::kNeon, RefuseTile, 6,
                                      RunNeon),
#endif
    Row{"quantized_conv_reference", base::Isa::kScalar, NeverRefuse<Params>, 1, ReferenceWidth,
        ReferencePackedBytes, PackReference, RunReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::kernels::quantized_conv
