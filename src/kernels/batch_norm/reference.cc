#include <algorithm>
#include <cmath>

#include "kernels/batch_norm/batch_norm.h"

namespace goldcrest::kernels::batch_norm {

void Reference(const Params& params, const float* x, const float* gamma, const float* beta,
               const float* mean, const float* variance, float* y, int64_t first,
               int64_t last) noexcept {
  constexpr int64_t kBlock = 64;  // channels at once, so that x is read row by row
  double scale[kBlock];
  for (int64_t c = 0; c < params.channels; c += kBlock) {
    const int64_t count = std::min(kBlock, params.channels - c);
    for (int64_t i = 0; i < count; ++i) {
      scale[i] = gamma[c + i] / std::sqrt(variance[c + i] + params.epsilon);
    }
    for (int64_t row = first; row < last; ++row) {
      const float* in = x + row * params.channels + c;
      float* out = y + row * params.channels + c;
      for (int64_t i = 0; i < count; ++i) {
        const double centred = static_cast<double>(in[i]) - mean[c + i];
        out[i] = static_cast<float>(centred * scale[i] + beta[c + i]);
      }
    }
  }
}

}  // namespace goldcrest::kernels::batch_norm
