#include <algorithm>
#include <cmath>

#include "kernels/softmax/softmax.h"

namespace goldcrest::kernels::softmax {

void RunReference(const Params& params, const float* x, float* y, int64_t first,
                  int64_t last) noexcept {
  for (int64_t row = first; row < last; ++row) {
    const float* in = x + row * params.classes;
    float* out = y + row * params.classes;
    const float largest = *std::max_element(in, in + params.classes);
    double sum = 0;
    for (int64_t i = 0; i < params.classes; ++i) {
      const double power = std::exp(params.beta * (static_cast<double>(in[i]) - largest));
      out[i] = static_cast<float>(power);
      sum += power;
    }
    for (int64_t i = 0; i < params.classes; ++i) out[i] = static_cast<float>(out[i] / sum);
  }
}

}  // namespace goldcrest::kernels::softmax
