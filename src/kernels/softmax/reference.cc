#include <algorithm>
#include <cmath>

#include "kernels/softmax/softmax.h"

namespace goldcrest::kernels::softmax {

void Reference(const Params& params, const float* x, float* y) noexcept {
  for (int64_t row = 0; row < params.rows; ++row) {
    const float* in = x + row * params.classes;
    float* out = y + row * params.classes;
    const float largest = *std::max_element(in, in + params.classes);
    auto power = [&](float v) {
      return std::exp(params.beta * (static_cast<double>(v) - largest));
    };
    double sum = 0;
    for (int64_t i = 0; i < params.classes; ++i) sum += power(in[i]);
    for (int64_t i = 0; i < params.classes; ++i) out[i] = static_cast<float>(power(in[i]) / sum);
  }
}

}  // namespace goldcrest::kernels::softmax
