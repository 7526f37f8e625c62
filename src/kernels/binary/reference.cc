#include "kernels/binary/binary.h"

namespace goldcrest::kernels::binary {
namespace {

// Where the element of b for element i of a is.
int64_t PlaceInB(const Params& params, int64_t i) {
  int64_t place = 0;
  for (int d = kMostDimensions; d-- > 0; i /= params.shape[d]) {
    place += i % params.shape[d] * params.b_stride[d];
  }
  return place;
}

}  // namespace

void RunReference(const Params& params, const float* a, const float* b, float* y, int64_t first,
                  int64_t last) noexcept {
  for (int64_t i = first; i < last; ++i) {
    const float other = b[PlaceInB(params, i)];
    y[i] = params.clamp(params.op == Operator::kAdd ? a[i] + other : a[i] * other);
  }
}

}  // namespace goldcrest::kernels::binary
