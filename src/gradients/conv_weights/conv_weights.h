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

  int64_t depth() const { return window.kernel_h * window.kernel_w * in_channels; }
  int64_t pixels() const { return window.batch * window.out_h * window.out_w; }
};

// What is computed at once.
struct Block {
  int64_t first_pixel, last_pixel;
  int64_t first_tap, last_tap;          // of kernel_h · kernel_w
  int64_t first_channel, last_channel;  // of the input
};

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  // Adds the block's pixels to the sums of its taps and channels, and touches no others.
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
void RunNeon(const Params& params, const float* x, const float* dy, float* sums,
             const Block& block) noexcept;

// What lies outside of the picture is read from here.
inline constexpr int64_t kMostChannels = 4096;
extern const float* const kZeros;

}  // namespace goldcrest::gradients::conv_weights
