#include "support/small_graphs.h"

namespace goldcrest::testing {

std::string SmallGraphText() {
  return R"(graph "small"
  input %0 "x": float32[-1, 6, 5, 3]
  const %1 "w": float32[4, 3, 3, 3] = random(1)
  const %2 "b": float32[4] = random(2)
  const %3 "d": float32[1, 3, 3, 8] = random(3)
  const %4 "v": float32[8] = {1, 2, 3, 4, 5, 6, 7, 8}
  const %5 "f": float32[3, 8] = random(5)
  %6 "conv": float32[-1, 3, 3, 4] = conv2d(%0, %1, %2) stride_h=2 stride_w=2 padding=1,1,1,1 activation=relu6
  %7 "depthwise": float32[-1, 3, 3, 8] = depthwise_conv2d(%6, %3) padding=same
  %8 "norm": float32[-1, 3, 3, 8] = batch_norm(%7, %4, %4, %4, %4)
  %9 "relu": float32[-1, 3, 3, 8] = activate(%8)
  %10 "largest": float32[-1, 3, 3, 8] = max_pool2d(%9) filter_h=2 filter_w=2 padding=same
  %11 "average": float32[-1, 3, 3, 8] = average_pool2d(%9) filter_h=2 filter_w=2 padding=same
  %12 "beside": float32[-1, 6, 3, 8] = concatenation(%10, %11) axis=1
  %13 "swish": float32[-1, 6, 3, 8] = hard_swish(%12)
  %14 "sigmoid": float32[-1, 6, 3, 8] = logistic(%13)
  %15 "leaky": float32[-1, 6, 3, 8] = leaky_relu(%14) alpha=0.125
  %16 "pad": float32[-1, 7, 5, 8] = pad(%15) before=[0, 1, 0, 0] after=[0, 0, 2, 0]
  %17 "mean": float32[-1, 1, 1, 8] = mean(%16) axes=[1, 2] keep_dims=true
  %18 "shape": int32[4] = shape(%17)
  %19 "batch": int32[] = strided_slice(%18) begin=0 end=1 scalar=true
  const %20 "eight": int32[] = {8}
  %21 "target": int32[2] = pack(%19, %20)
  %22 "flat": float32[-1, 8] = reshape(%17, %21)
  %23 "dense": float32[-1, 3] = fully_connected(%22, %5)
  %24 "double": float32[-1, 3] = add(%23, %23)
  %25 "tanh": float32[-1, 3] = tanh(%24)
  %26 "scaled": float32[-1, 3] = mul(%25, %24)
  %27 "scores": float32[-1, 3] = softmax(%26) beta=0.5
  output %27
)";
}

std::string SmallQuantizedGraphText() {
  return R"(graph "quantized"
  input %0 "x": uint8[-1, 9, 8, 3] scale=0.0078125 zero_point=128
  const %1 "w": int8[4, 3, 3, 3] scale=[0.5, 0.25, 1, 2] = random(1)
  const %2 "b": int32[4] scale=[0.00390625, 0.001953125, 0.0078125, 0.015625] = random(2)
  const %3 "d": int8[1, 3, 3, 4] scale=[1, 2, 3, 4] axis=3 = random(3)
  const %4 "f": int8[5, 4] scale=0.125 = random(4)
  const %12 "h": int8[5, 5] scale=[1, 2, 3, 4, 5] = random(5)
  %5 "q": int8[-1, 9, 8, 3] scale=0.0078125 = quantize(%0)
  %6 "conv": int8[-1, 5, 4, 4] scale=0.1 zero_point=-3 = conv2d(%5, %1, %2) stride_h=2 stride_w=2 padding=2,2,1,1
  %7 "depthwise": int8[-1, 3, 2, 4] scale=0.1 zero_point=5 = depthwise_conv2d(%6, %3)
  %8 "mean": int8[-1, 4] scale=0.2 = mean(%7) axes=[1, 2]
  %9 "dense": int8[-1, 5] scale=0.3 = fully_connected(%8, %4)
  %10 "real": float32[-1, 5] = dequantize(%9)
  %11 "hybrid": float32[-1, 5] = fully_connected(%10, %12) asymmetric_inputs=true
  output %11
)";
}

}  // namespace goldcrest::testing
