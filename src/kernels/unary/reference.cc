// In double, then rounded.
#include <cmath>

#include "kernels/unary/unary.h"

namespace goldcrest::kernels::unary {
namespace {

double Value(const Params& params, float x) {
  switch (params.function) {
    case Function::kClamp:
      return params.clamp(x);
    case Function::kHardSwish:
      return x * std::fmin(std::fmax(x + 3.0, 0.0), 6.0) / 6;
    case Function::kLogistic:
      return 1 / (1 + std::exp(-static_cast<double>(x)));
    case Function::kTanh:
      return std::tanh(static_cast<double>(x));
    case Function::kLeakyRelu:
      return x > 0 ? x : params.alpha * x;
  }
  return x;
}

}  // namespace

void RunReference(const Params& params, const float* x, float* y, int64_t first,
                  int64_t last) noexcept {
  for (int64_t i = first; i < last; ++i) y[i] = static_cast<float>(Value(params, x[i]));
}

}  // namespace goldcrest::kernels::unary
