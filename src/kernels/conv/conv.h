// Two-dimensional convolution, float32.
//
//   y[n, i, j, o] = clamp(bias[o] + Σ_{u, v, c} x[n, i·sh − top + u·dh, j·sw − left + v·dw, c] ·
//   w[o, u, v, c])
//
// Layouts: x NHWC, w OHWI, y NHWC, all dense; bias has one number an output channel, or is null.
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
};

// Computes the output rows [first, last) of the batch · out_h rows in all.
using Function = void (*)(const Params& params, const float* x, const float* w, const float* bias,
                          float* y, int64_t first, int64_t last) noexcept;
using Row = kernels::Row<Params, Function>;

void Reference(const Params& params, const float* x, const float* w, const float* bias, float* y,
               int64_t first, int64_t last) noexcept;

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params);

}  // namespace goldcrest::kernels::conv
