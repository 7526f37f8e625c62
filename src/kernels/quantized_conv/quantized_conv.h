// Two-dimensional convolution of integers; a fully connected layer is one over a picture of one
// pixel.
//
//   y[n, i, j, o] = requantize(bias[o] + Σ_{u, v, c} (x[n, i·sh − top + u·dh, j·sw − left + v·dw,
//   c] − input_zero) · (w[o, u, v, c] − filter_zero))
//
// where what lies outside of the picture is input_zero. The sum is exact: in 32 bits that wrap, as
// all engines have it, or in 64 for int16. Layouts: x NHWC, w OHWI, y NHWC, all dense; y has x's
// type, or is float32 where the rounding is kToReals. There input_zero, and what else belongs to
// the activations (Reals), need not be known before `run`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/quantized_layer.h"
#include "kernels/row.h"
#include "kernels/window.h"

namespace goldcrest::kernels::quantized_conv {

struct Params {
  Window window;
  int64_t in_channels = 1;
  int64_t out_channels = 1;
  QuantizedLayer layer;

  int64_t taps() const { return window.kernel_h * window.kernel_w; }
  int64_t depth() const { return taps() * in_channels; }
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
  int64_t (*packed_bytes)(const Params& params);
  void (*pack)(const Params& params, const QuantizedWeights& weights, std::byte* packed);
  // Reads no byte beyond x's and packed's, writes none but the block's. `packed` is aligned to 64
  // bytes.
  void (*run)(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
              const Block& block) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

inline int64_t PanelCount(const Row& row, const Params& params) {
  int64_t width = row.panel_width(params);
  return (params.out_channels + width - 1) / width;
}

// The rows of tiles gather the windows of their pixels into memory of the stack.
inline constexpr int64_t kMostDepth = 8192;
inline constexpr int64_t kMostTileDepth = 4096;  // of AMX
inline constexpr int64_t kMostKeptDepth = 32;    // of those whose weights stay in registers

// What the rows bind.
void RunReference(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                  const Block& block) noexcept;
void RunAvx2(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
             const Block& block) noexcept;
void RunAvxVnni(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                const Block& block) noexcept;
void RunAvx512(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
               const Block& block) noexcept;
void RunNarrowKeptAvx512Vnni(const Params& params, const std::byte* x, const std::byte* packed,
                             std::byte* y, const Block& block) noexcept;
void RunKeptAvx512Vnni(const Params& params, const std::byte* x, const std::byte* packed,
                       std::byte* y, const Block& block) noexcept;
void RunAvx512Vnni(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                   const Block& block) noexcept;
void RunNeon(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
             const Block& block) noexcept;
void RunNeonDot(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                const Block& block) noexcept;
void RunNeonI8mm(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                 const Block& block) noexcept;
void RunAmx(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
            const Block& block) noexcept;

}  // namespace goldcrest::kernels::quantized_conv
