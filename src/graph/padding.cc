#include "graph/padding.h"

#include <algorithm>

namespace goldcrest::graph {

ConvolutionAttributes WindowOf(const PoolAttributes& pool) {
  return {.stride_h = pool.stride_h, .stride_w = pool.stride_w, .padding = pool.padding};
}

PaddingCounts ResolvePadding(const ConvolutionAttributes& a, int64_t h, int64_t w, int64_t kernel_h,
                             int64_t kernel_w) {
  switch (a.padding.kind) {
    case PaddingKind::kValid:
      return {};
    case PaddingKind::kExplicit:
      return {a.padding.top, a.padding.bottom, a.padding.left, a.padding.right};
    case PaddingKind::kSame:
      break;
  }
  // TensorFlow: total = max((ceil(size / stride) − 1) · stride + span − size, 0), its half before.
  auto total = [](int64_t size, int64_t kernel, int64_t stride, int64_t dilation) {
    if (size < 0) return int64_t{0};
    int64_t span = (kernel - 1) * dilation + 1;
    return std::max<int64_t>(((size + stride - 1) / stride - 1) * stride + span - size, 0);
  };
  int64_t total_h = total(h, kernel_h, a.stride_h, a.dilation_h);
  int64_t total_w = total(w, kernel_w, a.stride_w, a.dilation_w);
  return {total_h / 2, total_h - total_h / 2, total_w / 2, total_w - total_w / 2};
}

}  // namespace goldcrest::graph
