#include "kernels/fully_connected/fully_connected.h"

namespace goldcrest::kernels::fully_connected {

void Reference(const Params& params, const float* x, const float* w, const float* bias, float* y,
               int64_t first, int64_t last) noexcept {
  for (int64_t row = first; row < last; ++row) {
    const float* features = x + row * params.inputs;
    for (int64_t o = 0; o < params.outputs; ++o) {
      const float* weights = w + o * params.inputs;
      double sum = bias != nullptr ? bias[o] : 0;
      for (int64_t i = 0; i < params.inputs; ++i)
        sum += static_cast<double>(features[i]) * weights[i];
      y[row * params.outputs + o] = params.clamp(static_cast<float>(sum));
    }
  }
}

}  // namespace goldcrest::kernels::fully_connected
