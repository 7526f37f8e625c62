// The gradients of depthwise convolution, float32.
//
//   weights: sums[u, v, o] += Σ_p x(p, u, v, c) · dy[p, o]
//   input:   dx[q, c] = Σ_{p, u, v, o: p's window has q at (u, v)} dy[p, o] · w[u, v, o]
//
// where o = c · multiplier + k, p counts pixels of the output and q of the input.
// Layouts: x, dx, dy NHWC, w and sums [kernel_h, kernel_w, C · multiplier], all dense.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/row.h"
#include "kernels/window.h"

namespace goldcrest::gradients::depthwise {

struct Params {
  kernels::Window window;
  int64_t in_channels = 1;
  int64_t multiplier = 1;
};

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  // Adds the output rows [first, last) of the batch · out_h rows in all.
  void (*weights)(const Params& params, const float* x, const float* dy, float* sums, int64_t first,
                  int64_t last) noexcept;
  // Computes the input rows [first, last) of the batch · in_h rows in all.
  void (*input)(const Params& params, const float* dy, const float* w, float* dx, int64_t first,
                int64_t last) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

// What the rows bind.
void WeightsReference(const Params& params, const float* x, const float* dy, float* sums,
                      int64_t first, int64_t last) noexcept;
void WeightsAvx2(const Params& params, const float* x, const float* dy, float* sums, int64_t first,
                 int64_t last) noexcept;
void WeightsAvx512(const Params& params, const float* x, const float* dy, float* sums,
                   int64_t first, int64_t last) noexcept;
void WeightsNeon(const Params& params, const float* x, const float* dy, float* sums, int64_t first,
                 int64_t last) noexcept;
void InputReference(const Params& params, const float* dy, const float* w, float* dx, int64_t first,
                    int64_t last) noexcept;
void InputAvx2(const Params& params, const float* dy, const float* w, float* dx, int64_t first,
               int64_t last) noexcept;
void InputAvx512(const Params& params, const float* dy, const float* w, float* dx, int64_t first,
                 int64_t last) noexcept;
void InputNeon(const Params& params, const float* dy, const float* w, float* dx, int64_t first,
               int64_t last) noexcept;

}  // namespace goldcrest::gradients::depthwise
