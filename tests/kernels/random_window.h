// Windows of the sizes that networks have, and odd ones.
#pragma once

#include "kernels/window.h"
#include "support/random.h"

namespace goldcrest::kernels {

inline Window RandomWindow(testing::Random& random) {
  Window a;
  a.batch = random.Integer(1, 2);
  a.kernel_h = random.Integer(1, 5);
  a.kernel_w = random.Integer(1, 5);
  a.stride_h = random.Integer(1, 3);
  a.stride_w = random.Integer(1, 3);
  a.dilation_h = random.Integer(1, 2);
  a.dilation_w = random.Integer(1, 2);
  a.pad_top = random.Integer(0, 3);
  a.pad_left = random.Integer(0, 3);
  if (random.Integer(0, 1) == 0) {  // what networks have most
    a.kernel_h = a.kernel_w = random.Integer(0, 2) == 0 ? 5 : 3;
    a.stride_h = a.stride_w = random.Integer(1, 2);
    a.dilation_h = a.dilation_w = 1;
  }
  a.in_h = random.Integer(a.kernel_h * 2, 14);
  a.in_w = random.Integer(a.kernel_w * 2, 20);
  // The bottom and right padding are whatever the output size reaches over.
  a.out_h = (a.in_h + a.pad_top + random.Integer(0, 2) - (a.kernel_h - 1) * a.dilation_h - 1) /
                a.stride_h +
            1;
  a.out_w = (a.in_w + a.pad_left + random.Integer(0, 2) - (a.kernel_w - 1) * a.dilation_w - 1) /
                a.stride_w +
            1;
  return a;
}

}  // namespace goldcrest::kernels
