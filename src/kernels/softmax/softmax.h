// Softmax, float32: y[r, i] = exp(beta · (x[r, i] − max x[r])) / Σ_j exp(beta · (x[r, j] − max
// x[r])).
#pragma once

#include <cstdint>
#include <span>

#include "kernels/row.h"

namespace goldcrest::kernels::softmax {

struct Params {
  int64_t classes = 1;
  double beta = 1;
};

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  // Computes the rows [first, last) of `classes` elements.
  void (*run)(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

// What the rows bind.
void RunReference(const Params& params, const float* x, float* y, int64_t first,
                  int64_t last) noexcept;  // in double
void RunAvx2(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept;
void RunAvx512(const Params& params, const float* x, float* y, int64_t first,
               int64_t last) noexcept;
void RunNeon(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept;

}  // namespace goldcrest::kernels::softmax
