// Batch normalization in training, with the activation behind it, float32.
//
//   y = clamp(x · scale + shift), by channel: scale = gamma / sqrt(variance + epsilon),
//   shift = beta − mean · scale, mean and variance those of the batch or stored ones.
//   g = dy where low < x · scale + shift < high, else 0
//   dbeta = Σ g, dgamma = Σ g · (x − mean) / sqrt(variance + epsilon)
//   dx = g · scale + x · by_x + offset: with the batch's own statistics these are what
//   scale · (g − dbeta / n − (x − mean) / (variance + epsilon) · Σ g · (x − mean) / n) comes to;
//   with stored ones 0.
//   (Ioffe and Szegedy, "Batch Normalization", 2015.)
//
// Layouts: x, y, dx, dy are [pixels, channels], dense; all else has one number a channel. Sums of a
// part of the pixels are kept in double.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/row.h"

namespace goldcrest::gradients::batch_norm {

struct Params {
  int64_t channels = 1;
  kernels::Clamp clamp;
};

struct Functions {
  // sums[c] = Σ (x − pivot[c]), sums[channels + c] = Σ (x − pivot[c])², of `pixels` pixels.
  void (*moments)(const Params& params, const float* x, const float* pivot, int64_t pixels,
                  double* sums) noexcept;
  void (*apply)(const Params& params, const float* x, const float* scale, const float* shift,
                int64_t pixels, float* y) noexcept;
  // sums[c] = Σ g, sums[channels + c] = Σ g · (x − pivot[c]).
  void (*gradient_sums)(const Params& params, const float* x, const float* dy, const float* scale,
                        const float* shift, const float* pivot, int64_t pixels,
                        double* sums) noexcept;
  // dx may be dy.
  void (*gradient)(const Params& params, const float* x, const float* dy, const float* scale,
                   const float* shift, const float* by_x, const float* offset, int64_t pixels,
                   float* dx) noexcept;
};

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  const Functions& functions;
};

inline constexpr int64_t kMostChannels = 4096;

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

// What the rows bind.
extern const Functions kReference, kAvx2, kAvx512, kNeon;

}  // namespace goldcrest::gradients::batch_norm
