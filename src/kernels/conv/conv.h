// Two-dimensional convolution, float32; a fully connected layer is one over a picture of one pixel.
//
//   y[n, i, j, o] = clamp(bias[o] + Σ_{u, v, c} x[n, i·sh − top + u·dh, j·sw − left + v·dw, c] ·
//   w[o, u, v, c])
//
// Layouts: x NHWC, w OHWI, y NHWC, all dense; bias has one number an output channel, or is null.
// Weights and bias are packed once, as the kernel chosen wants them.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/row.h"
#include "kernels/window.h"

namespace goldcrest::kernels::conv {

struct Params {
  Window window;
  int64_t in_channels = 1;
  int64_t out_channels = 1;
  Clamp clamp;
  // Summed in float32, tap by tap, as TensorFlow Lite's reference kernels do: the reference only.
  bool in_order = false;
  // Inputs and weights may be rounded to bfloat16 before they are multiplied; sums are float32.
  bool bfloat16 = false;

  int64_t taps() const { return window.kernel_h * window.kernel_w; }
  int64_t pixels() const { return window.batch * window.out_h * window.out_w; }
};

// A part of the output: pixels (counted through rows and batch) by panels of output channels.
struct Block {
  int64_t first_pixel, last_pixel;
  int64_t first_panel, last_panel;
};

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  int64_t tile_pixels;  // computed at once: a block of a multiple of it wastes nothing
  int64_t (*panel_width)(
      const Params& params);  // output channels in a panel; the last may have fewer
  int64_t (*packed_count)(const Params& params);  // floats
  void (*pack)(const Params& params, const float* w, const float* bias, float* packed);
  // Reads no float beyond x's and packed's, writes none but the block's. `packed` is aligned to 64
  // bytes.
  void (*run)(const Params& params, const float* x, const float* packed, float* y,
              const Block& block) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

inline int64_t PanelCount(const Row& row, const Params& params) {
  int64_t width = row.panel_width(params);
  return (params.out_channels + width - 1) / width;
}

// What the rows bind.
void RunReference(const Params& params, const float* x, const float* packed, float* y,
                  const Block& block) noexcept;
void RunAvx2Tile6x16(const Params& params, const float* x, const float* packed, float* y,
                     const Block& block) noexcept;
void RunAvx2Tile8x8(const Params& params, const float* x, const float* packed, float* y,
                    const Block& block) noexcept;
void RunAvx512Tile14x32(const Params& params, const float* x, const float* packed, float* y,
                        const Block& block) noexcept;
void RunAvx512Bf16Tile14x32(const Params& params, const float* x, const float* packed, float* y,
                            const Block& block) noexcept;
void RunAmx(const Params& params, const float* x, const float* packed, float* y,
            const Block& block) noexcept;
void RunNeonTile6x16(const Params& params, const float* x, const float* packed, float* y,
                     const Block& block) noexcept;
void RunNeonTile8x8(const Params& params, const float* x, const float* packed, float* y,
                    const Block& block) noexcept;

// What lies outside of the picture is read from here.
inline constexpr int64_t kMostChannels = 4096;
inline constexpr int64_t kMostTaps = 64;
// Products of one output that are rounded to bfloat16 at once.
inline constexpr int64_t kMostRounded = 8192;
inline constexpr int64_t kMostTileRounded = 2048;  // of AMX, whose tiles have more pixels
extern const float* const kZeros;

}  // namespace goldcrest::kernels::conv
