// Depthwise convolution, float32: every input channel has filters of its own.
//
//   y[n, i, j, c·m + k] = clamp(bias[c·m + k]
//       + Σ_{u, v} x[n, i·sh − top + u·dh, j·sw − left + v·dw, c] · w[0, u, v, c·m + k])
//
// Layouts: x NHWC, w 1HW(C·m), y NHWC, all dense; m = multiplier; bias has C·m numbers, or is null.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/row.h"
#include "kernels/window.h"

namespace goldcrest::kernels::depthwise {

struct Params {
  Window window;
  int64_t in_channels = 1;
  int64_t multiplier = 1;
  Clamp clamp;
  // Summed in float32, tap by tap, as TensorFlow Lite's reference kernels do: the reference only.
  bool in_order = false;
};

// Rows compute so many output rows together, or a part of it: they are best handed out by
// multiples.
constexpr int64_t RowsTogether(const Params& params) { return params.window.stride_h == 1 ? 4 : 2; }

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  // Computes the output rows [first, last) of the batch · out_h rows in all.
  void (*run)(const Params& params, const float* x, const float* w, const float* bias, float* y,
              int64_t first, int64_t last) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

// What the rows bind.
void RunReference(const Params& params, const float* x, const float* w, const float* bias, float* y,
                  int64_t first, int64_t last) noexcept;
void RunAvx2(const Params& params, const float* x, const float* w, const float* bias, float* y,
             int64_t first, int64_t last) noexcept;
void RunAvx512(const Params& params, const float* x, const float* w, const float* bias, float* y,
               int64_t first, int64_t last) noexcept;
void RunNeon(const Params& params, const float* x, const float* w, const float* bias, float* y,
             int64_t first, int64_t last) noexcept;
void RunAvx2Multiplied(const Params& params, const float* x, const float* w, const float* bias,
                       float* y, int64_t first, int64_t last) noexcept;
void RunAvx512Multiplied(const Params& params, const float* x, const float* w, const float* bias,
                         float* y, int64_t first, int64_t last) noexcept;
void RunNeonMultiplied(const Params& params, const float* x, const float* w, const float* bias,
                       float* y, int64_t first, int64_t last) noexcept;

}  // namespace goldcrest::kernels::depthwise
