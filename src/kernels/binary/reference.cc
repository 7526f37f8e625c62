#include "kernels/binary/binary.h"

namespace goldcrest::kernels::binary {

void RunReference(const Params& params, const float* a, const float* b, float* y, int64_t first,
                  int64_t last) noexcept {
  for (int64_t i = first; i < last; ++i) {
    const float other = b[params.PlaceInB(i)];
    y[i] = params.clamp(params.op == Operator::kAdd ? a[i] + other : a[i] * other);
  }
}

}  // namespace goldcrest::kernels::binary
