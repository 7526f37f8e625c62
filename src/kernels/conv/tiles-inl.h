// The convolution in bfloat16 over tile registers, 32 pixels by 32 output channels. Included inside
// the anonymous namespace of a file compiled for AMX, after a struct Tiles of its registers.
//
// The windows of a tile's pixels are rounded side by side once for all output channels; zeros fill
// them up to whole blocks.
#include "kernels/vec_avx512.h"

#include "kernels/pairs_avx512bf16.h"

#include "kernels/tiles-inl.h"

constexpr int64_t kTilePixels = 2 * kTileRows;
constexpr int64_t kTileChannels = 32;

// The first `columns` of `rows` rows of `width` sums.
void StoreTileSums(const Params& params, const float* sums, int64_t rows, int64_t width,
                   int64_t columns, float* y) {
  const Vec low = Vec::Broadcast(params.clamp.low), high = Vec::Broadcast(params.clamp.high);
  for (int64_t r = 0; r < rows; ++r, sums += width, y += params.out_channels) {
    for (int64_t i = 0; i < width && i < columns; i += Vec::kLanes) {
      const Vec result = Vec::Load(sums + i).ClampTo(low, high);
      if (columns - i >= Vec::kLanes) {
        result.Store(y + i);
      } else {
        result.StorePartial(y + i, columns - i);
      }
    }
  }
}

void RunTiles(const Params& params, const float* x, const float* packed, float* y,
              const Block& block) {
  constexpr int64_t kBlockPairs = kTileBytes / static_cast<int64_t>(sizeof(Pair));
  const int64_t depth = params.window.kernel_h * params.window.kernel_w * params.in_channels;
  const int64_t blocks = (depth + 2 * kBlockPairs - 1) / (2 * kBlockPairs);
  // An odd number of lines of the cache, so that rows share no sets.
  const int64_t stride = (blocks | 1) * kBlockPairs;
  alignas(64) Pair rounded[kTilePixels * (kMostTileRounded / 2 + kBlockPairs)];
  alignas(64) float sums[kTilePixels * kTileChannels];
  Tiles::Configure(&kWholeTiles);
  for (int64_t pixel = block.first_pixel, count = 0; pixel < block.last_pixel; pixel += count) {
    const int64_t left = block.last_pixel - pixel;
    count = left < kTilePixels ? left : kTilePixels;
    for (int64_t r = 0; r < count; ++r) {
      Pair* row = rounded + r * stride;
      _mm512_store_si512(row + (blocks - 1) * kBlockPairs, _mm512_setzero_si512());
      WalkWindow(params, x, pixel + r, [&](const float* from, int64_t at) {
        Round(from != nullptr ? from : kZeros, params.in_channels, row, at);
      });
    }
    const TileRows rows = {rounded, stride * static_cast<int64_t>(sizeof(Pair)), blocks};
    for (int64_t panel = block.first_panel; panel < block.last_panel; ++panel) {
      const int64_t channel = panel * kTileChannels;
      const int64_t columns = params.out_channels - channel;
      const bool wide = columns > Vec::kLanes;
      const int64_t width = wide ? kTileChannels : Vec::kLanes;
      const float* bias = packed + channel * (blocks * kBlockPairs + 1);
      MultiplyTiles<Tiles::Bfloats>(rows, count > kTileRows, wide, bias, bias + width, sums);
      StoreTileSums(params, sums, count, width, columns, y + pixel * params.out_channels + channel);
    }
  }
  Tiles::Release();
}
