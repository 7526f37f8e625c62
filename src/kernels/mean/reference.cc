#include "kernels/mean/mean.h"

namespace goldcrest::kernels::mean {
namespace {

// The elements of x along the dimensions where reduce equals `reduced`, from dimension d on:
// calls visit(offset) for each.
template <class Visit>
void Walk(const Params& params, bool reduced, std::size_t d, int64_t offset, const Visit& visit) {
  if (d == kMostDimensions) return visit(offset);
  int64_t stride = 1;
  for (std::size_t e = d + 1; e < kMostDimensions; ++e) stride *= params.shape[e];
  int64_t count = params.reduce[d] == reduced ? params.shape[d] : 1;
  for (int64_t i = 0; i < count; ++i) Walk(params, reduced, d + 1, offset + i * stride, visit);
}

}  // namespace

void Reference(const Params& params, const float* x, float* y) noexcept {
  Walk(params, false, 0, 0, [&](int64_t kept) {
    double sum = 0;
    int64_t count = 0;
    Walk(params, true, 0, kept, [&](int64_t offset) {
      sum += x[offset];
      ++count;
    });
    *y++ = static_cast<float>(sum / static_cast<double>(count));
  });
}

}  // namespace goldcrest::kernels::mean
