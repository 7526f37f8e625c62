// The gradient of a convolution's weights, float32; a fully connected layer is one over pictures of
// one pixel.
//
//   sums[t, o] += Σ_p x(p, t) · dy[p, o]
//
// where p counts the output's pixels through rows and batch, and x(p, t) is element t of the window
// that pixel p reads: taps in the order of the filter, each with its input channels, zero outside
// of the picture. The gradient of the weights, OHWI, is sums transposed.
//
// Layouts: x and dy NHWC, sums [taps · in_channels, out_channels], all dense.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/row.h"
#include "kernels/window.h"

namespace goldcrest::gradients::conv_weights {

struct Params {
  kernels::Window window;
  int64_t in_channels = 1;
  int64_t out_channels = 1;

  // Rows of the window are runs, not single taps: for few input channels.
  bool joined = false;
  // Inputs and gradients may be rounded to bfloat16 before they are multiplied; sums are float32.
  bool bfloat16 = false;

  int64_t depth() const { return window.kernel_h * window.kernel_w * in_channels; }
  // The window is so many runs of elements that lie side by side.
  int64_t runs() const { return joined ? window.kernel_h : window.kernel_h * window.kernel_w; }
  int64_t run_length() const { return joined ? window.kernel_w * in_channels : in_channels; }
  int64_t pixels() const { return window.batch * window.out_h * window.out_w; }
};

// What is computed at once.
struct Block {
  int64_t first_pixel, last_pixel;
  int64_t first_run, last_run;
  int64_t first_element, last_element;  // of each of these runs
};

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  // Adds the block's pixels to the sums of its elements, and touches no others.
  void (*run)(const Params& params, const float* x, const float* dy, float* sums,
              const Block& block) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

// What the rows bind.
void RunReference(const Params& params, const float* x, const float* dy, float* sums,
                  const Block& block) noexcept;
void RunAvx2(const Params& params, const float* x, const float* dy, float* sums,
             const Block& block) noexcept;
void RunAvx512(const Params& params, const float* x, const float* dy, float* sums,
               const Block& block) noexcept;
void RunAvx512Bf16(const Params& params, const float* x, const float* dy, float* sums,
                   const Block& block) noexcept;
void RunNeon(const Params& params, const float* x, const float* dy, float* sums,
             const Block& block) noexcept;

// A window may have joined runs where they have no gaps and are short.
inline constexpr int64_t kMostJoined = 64;
inline bool MayJoin(const kernels::Window& window, int64_t in_channels) {
  return window.dilation_w == 1 && window.kernel_w * in_channels <= kMostJoined;
}

}  // namespace goldcrest::gradients::conv_weights
