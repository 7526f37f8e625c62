// How a convolution is cut into chunks: by tiles of pixels, and by panels of output channels where
// their weights would fill the second-level cache or pixels are few.
#pragma once

#include <algorithm>
#include <cstdint>

namespace goldcrest::kernels {

struct ConvolutionSize {
  int64_t pixels, tile_pixels;
  int64_t channels, panel_width;
  int64_t depth;  // products of one output
  int64_t weight_bytes;
};

struct Grid {
  int64_t pixels, tile_pixels;
  int64_t tiles, panels;          // in all
  int64_t tile_step, panel_step;  // of one chunk
  int64_t tile_chunks, panel_chunks;

  int64_t chunks() const { return tile_chunks * panel_chunks; }

  // Chunks that share weights follow one another.
  template <class Block>
  Block BlockOf(int64_t chunk) const {
    const int64_t first_pixel = chunk % tile_chunks * tile_step * tile_pixels;
    const int64_t first_panel = chunk / tile_chunks * panel_step;
    return {first_pixel, std::min(first_pixel + tile_step * tile_pixels, pixels), first_panel,
            std::min(first_panel + panel_step, panels)};
  }
};

inline Grid MakeGrid(const ConvolutionSize& size) {
  // Multiplications of one chunk: some microseconds, enough to be worth a claim, and few enough
  // that no thread waits long for another's last.
  constexpr int64_t kLeastWork = int64_t{1} << 18;
  constexpr int64_t kMostChunks = 64;
  constexpr int64_t kMostWeightBytes = int64_t{1} << 18;  // half of a common second-level cache
  Grid grid{.pixels = size.pixels, .tile_pixels = size.tile_pixels};
  grid.tiles = (size.pixels + size.tile_pixels - 1) / size.tile_pixels;
  grid.panels = (size.channels + size.panel_width - 1) / size.panel_width;
  const int64_t panel = size.panel_width * size.depth;
  const int64_t work = size.pixels * size.channels * size.depth;
  const int64_t wanted = std::max(kLeastWork, work / kMostChunks);
  grid.panel_step =
      std::clamp<int64_t>(kMostWeightBytes / (panel * size.weight_bytes), 1, grid.panels);
  const int64_t tile = grid.panel_step * panel * size.tile_pixels;  // work of one
  grid.tile_step = std::clamp<int64_t>(wanted / tile, 1, grid.tiles);
  grid.tile_chunks = (grid.tiles + grid.tile_step - 1) / grid.tile_step;
  grid.panel_chunks = (grid.panels + grid.panel_step - 1) / grid.panel_step;
  return grid;
}

}  // namespace goldcrest::kernels
