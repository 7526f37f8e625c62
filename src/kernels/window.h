// The geometry of a sliding window over an NHWC picture, shared by the convolutions.
#pragma once

#include <cstdint>

namespace goldcrest::kernels {

// Output pixel (y, x) reads input rows y · stride_h − pad_top + ky · dilation_h, columns likewise;
// what lies outside the picture is zero.
struct Window {
  int64_t batch = 1;
  int64_t in_h = 1, in_w = 1;
  int64_t out_h = 1, out_w = 1;
  int64_t kernel_h = 1, kernel_w = 1;
  int64_t stride_h = 1, stride_w = 1;
  int64_t dilation_h = 1, dilation_w = 1;
  int64_t pad_top = 0, pad_left = 0;
};

}  // namespace goldcrest::kernels
