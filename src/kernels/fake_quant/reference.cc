#include <algorithm>
#include <cmath>

#include "kernels/fake_quant/fake_quant.h"

namespace goldcrest::kernels::fake_quant {

Grid GridOf(float min, float max, int bits, bool narrow_range) {
  const float lowest = narrow_range ? 1.0F : 0.0F;
  const auto highest = static_cast<float>((1 << bits) - 1);
  const float step = (max - min) / (highest - lowest);
  if (!(step > 0)) return {};
  const float zero = std::clamp(std::round(lowest - min / step), lowest, highest);
  return {(lowest - zero) * step, (highest - zero) * step, step};
}

void Reference(const Params& params, const float* x, const float* min, const float* max, float* y,
               int64_t first, int64_t last) noexcept {
  int64_t of = -1;
  Grid grid;
  float per_unit = 0;
  float zero = 0;
  for (int64_t i = first; i < last; ++i) {
    const int64_t range = i / params.inner % params.ranges;
    if (range != of) {
      of = range;
      grid = GridOf(min[range], max[range], params.bits, params.narrow_range);
      per_unit = grid.step > 0 ? 1 / grid.step : 0;
      zero = std::floor(-grid.low * per_unit + 0.5F);
    }
    const float steps = (std::max(std::min(x[i], grid.high), grid.low) - grid.low) * per_unit;
    y[i] = std::floor(steps - zero + 0.5F) * grid.step;
  }
}

}  // namespace goldcrest::kernels::fake_quant
