// The mean over neighbouring dimensions of a dense float32 tensor, seen as [outer, reduced, inner]:
//
//   y[o, i] = Σ_r x[o, r, i] / reduced
#pragma once

#include <cstdint>

namespace goldcrest::kernels::mean {

struct Params {
  int64_t outer = 1;
  int64_t reduced = 1;
  int64_t inner = 1;
};

// Sums in double.
void Reference(const Params& params, const float* x, float* y) noexcept;

}  // namespace goldcrest::kernels::mean
