// A product of matrices in tile registers. Included inside the anonymous namespace of a file
// compiled for one instruction set, after a struct Tiles of its registers.

constexpr int64_t kTileRows = 16;   // pixels
constexpr int64_t kTileBytes = 64;  // of a row: what is multiplied, or 16 sums

// Eight registers, all of which the processor has.
struct TileConfiguration {
  uint8_t palette = 1;
  uint8_t start_row = 0;
  uint8_t reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileConfiguration) == 64);
constexpr TileConfiguration kWholeTiles{};

// Pixels: rows of `blocks` blocks of 64 bytes, `stride` bytes apart.
struct TileRows {
  const void* rows;
  int64_t stride, blocks;
};

// Calls put(from, at) for each tap of output pixel `pixel`, counted through rows and batch: its
// channels are at `from`, or outside of the picture where that is null, and have place `at` in the
// window.
template <class Params, class X, class Put>
void WalkWindow(const Params& params, const X* x, int64_t pixel, const Put& put) {
  const Window& a = params.window;
  const int64_t line = pixel / a.out_w;
  const int64_t top = line % a.out_h * a.stride_h - a.pad_top;
  const int64_t left = pixel % a.out_w * a.stride_w - a.pad_left;
  const X* picture = x + line / a.out_h * a.in_h * a.in_w * params.in_channels;
  int64_t at = 0;
  for (int64_t u = 0; u < a.kernel_h; ++u) {
    const int64_t row = top + u * a.dilation_h;
    for (int64_t v = 0; v < a.kernel_w; ++v, at += params.in_channels) {
      const int64_t column = left + v * a.dilation_w;
      const bool inside = row >= 0 && row < a.in_h && column >= 0 && column < a.in_w;
      put(inside ? picture + (row * a.in_w + column) * params.in_channels : nullptr, at);
    }
  }
}

// Sums of 16 pixels, or of 32 if `tall`, by 16 channels, or by 32 if `wide`, to `sums`, row by row.
// Each begins with its channel's of `start`; 16 rows of weights, of four bytes a channel, go with a
// block.
template <class Products>
void MultiplyTiles(const TileRows& pixels, bool tall, bool wide, const void* start,
                   const void* weights, void* sums) {
  const auto* a = static_cast<const char*>(pixels.rows);
  const auto* b = static_cast<const char*>(weights);
  const auto* first = static_cast<const char*>(start);
  const int64_t width = wide ? 2 * kTileBytes : kTileBytes;
  // Rows without a distance are all the same.
  Tiles::Load<0>(first, 0);
  if (wide) Tiles::Load<1>(first + kTileBytes, 0);
  if (tall) Tiles::Load<2>(first, 0);
  if (tall && wide) Tiles::Load<3>(first + kTileBytes, 0);
  for (int64_t block = 0; block < pixels.blocks; ++block, a += kTileBytes, b += 16 * width) {
    Tiles::Load<4>(a, pixels.stride);
    Tiles::Load<6>(b, width);
    Products::template Add<0, 4, 6>();
    if (wide) {
      Tiles::Load<7>(b + kTileBytes, width);
      Products::template Add<1, 4, 7>();
    }
    if (!tall) continue;
    Tiles::Load<5>(a + kTileRows * pixels.stride, pixels.stride);
    Products::template Add<2, 5, 6>();
    if (wide) Products::template Add<3, 5, 7>();
  }
  auto* to = static_cast<char*>(sums);
  Tiles::Store<0>(to, width);
  if (wide) Tiles::Store<1>(to + kTileBytes, width);
  to += kTileRows * width;
  if (tall) Tiles::Store<2>(to, width);
  if (tall && wide) Tiles::Store<3>(to + kTileBytes, width);
}
