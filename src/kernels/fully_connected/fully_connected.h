// Fully connected layer, float32: y[r, o] = clamp(bias[o] + Σ_i x[r, i] · w[o, i]).
// x, w and y dense and row-major; bias has one number an output, or is null.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/row.h"

namespace goldcrest::kernels::fully_connected {

struct Params {
  int64_t rows = 1;
  int64_t inputs = 1;
  int64_t outputs = 1;
  Clamp clamp;
};

// Computes the rows [first, last).
using Function = void (*)(const Params& params, const float* x, const float* w, const float* bias,
                          float* y, int64_t first, int64_t last) noexcept;
using Row = kernels::Row<Params, Function>;

void Reference(const Params& params, const float* x, const float* w, const float* bias, float* y,
               int64_t first, int64_t last) noexcept;

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params);

}  // namespace goldcrest::kernels::fully_connected
