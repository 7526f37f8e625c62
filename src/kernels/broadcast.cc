#include "kernels/broadcast.h"

namespace goldcrest::kernels {

Broadcast Broadcast::Over(std::span<const int64_t> a, std::span<const int64_t> b) {
  Broadcast over;
  int d = kMostDimensions;  // the last one filled
  int64_t step = 1;         // in b, of the dimension at hand
  for (size_t i = 1; i <= a.size(); ++i) {
    const int64_t size = a[a.size() - i];
    const int64_t b_size = i <= b.size() ? b[b.size() - i] : 1;
    const int64_t stride = b_size == 1 ? 0 : step;
    step *= b_size;
    if (size == 1) continue;
    const bool even = d < kMostDimensions && stride == over.b_stride[d] * over.shape[d];
    if (even) {
      over.shape[d] *= size;
    } else {
      --d;
      over.shape[d] = size;
      over.b_stride[d] = stride;
    }
  }
  return over;
}

}  // namespace goldcrest::kernels
