// The mean over neighbouring dimensions of a dense float32 tensor, seen as [outer, reduced, inner]:
//
//   y[o, i] = Σ_r x[o, r, i] / reduced
#pragma once

#include <cstdint>
#include <span>

#include "kernels/row.h"

namespace goldcrest::kernels::mean {

struct Params {
  int64_t outer = 1;
  int64_t reduced = 1;
  int64_t inner = 1;
  // Summed in float32, one by one, as TensorFlow Lite's reference kernels do: the reference only.
  bool in_order = false;
};

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  // Computes the elements [first, last) of y.
  void (*run)(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

// What the rows bind.
void RunReference(const Params& params, const float* x, float* y, int64_t first,
                  int64_t last) noexcept;  // sums in double
void RunAvx2(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept;
void RunAvx512(const Params& params, const float* x, float* y, int64_t first,
               int64_t last) noexcept;
void RunNeon(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept;

}  // namespace goldcrest::kernels::mean
