// The window that convolutions and pools move over a picture.
#pragma once

#include "formats/onnx/node_context.h"
#include "graph/ops.h"
#include "graph/padding.h"

namespace goldcrest::formats::onnx {

struct Window {
  int64_t kernel_h = 1, kernel_w = 1;
  int64_t stride_h = 1, stride_w = 1;
  int64_t dilation_h = 1, dilation_w = 1;
  graph::Padding padding;  // explicit, or same
};

// As the attributes of `c` say it, over pictures of h x w (-1: not known). A kernel of 0 x 0 is the
// one that 'kernel_shape' states.
Result<Window> WindowOf(const NodeContext& c, int64_t kernel_h, int64_t kernel_w, int64_t h,
                        int64_t w);

// A convolution's; padding that is SAME at every size, and none, are called so.
graph::ConvolutionAttributes ConvolutionOf(const Window& window);

// How often the window fits along one side. With `ceil_mode` the last may reach over the edge, but
// begins within.
int64_t OutputSize(int64_t size, int64_t kernel, int64_t stride, int64_t dilation, int64_t before,
                   int64_t after, bool ceil_mode);

}  // namespace goldcrest::formats::onnx
