// Depthwise convolution of integers: every input channel has filters of its own.
//
//   y[n, i, j, c·m + k] = requantize(bias[c·m + k] + Σ_{u, v} (x[n, i·sh − top + u·dh,
//       j·sw − left + v·dw, c] − input_zero) · (w[0, u, v, c·m + k] − filter_zero))
//
// where what lies outside of the picture is input_zero. Layouts: x NHWC, w 1HW(C·m), y NHWC, all
// dense; m = multiplier; y has x's type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/quantized_layer.h"
#include "kernels/row.h"
#include "kernels/window.h"

namespace goldcrest::kernels::quantized_depthwise {

struct Params {
  Window window;
  int64_t in_channels = 1;
  int64_t multiplier = 1;
  QuantizedLayer layer;
  // Channels beyond whole groups of eight are rounded by kDouble, as LiteRT's loops round what
  // their vectors leave.
  bool rest_is_double = false;

  int64_t out_channels() const { return in_channels * multiplier; }
  int64_t taps() const { return window.kernel_h * window.kernel_w; }
  // The first of the channels that `rest_is_double` is about.
  int64_t rest() const { return rest_is_double ? out_channels() / 8 * 8 : out_channels(); }
};

// Rows may compute so many output rows together: they are best handed out by multiples.
constexpr int64_t RowsTogether(const Params& params) { return params.window.stride_h == 1 ? 2 : 1; }

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  int64_t (*packed_bytes)(const Params& params);
  void (*pack)(const Params& params, const QuantizedWeights& weights, std::byte* packed);
  // Computes the output rows [first, last) of the batch · out_h rows in all. `packed` is aligned to
  // 64 bytes.
  void (*run)(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
              int64_t first, int64_t last) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

// The vector rows hold so many vectors of input beside one another: at least those of four outputs.
inline constexpr int64_t kMostVectors = 128;

// What the rows bind.
void RunReference(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                  int64_t first, int64_t last) noexcept;
void RunAvx2(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
             int64_t first, int64_t last) noexcept;
void RunAvxVnni(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                int64_t first, int64_t last) noexcept;
void RunAvx512(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
               int64_t first, int64_t last) noexcept;
void RunAvx512VnniColumns(const Params& params, const std::byte* x, const std::byte* packed,
                          std::byte* y, int64_t first, int64_t last) noexcept;
void RunAvx512Vnni(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                   int64_t first, int64_t last) noexcept;
void RunNeon(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
             int64_t first, int64_t last) noexcept;
void RunNeonDot(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                int64_t first, int64_t last) noexcept;

}  // namespace goldcrest::kernels::quantized_depthwise
