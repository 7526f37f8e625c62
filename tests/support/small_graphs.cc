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
  %19 "batch": int32[] = strided_slice(%18) begin=[0] size=[1] stride=[1] dropped=[0]
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
  const %13 "low": float32[1] = {-2}
  const %14 "high": float32[1] = {6}
  %15 "rounded": float32[-1, 5] = fake_quant(%11, %13, %14) narrow_range=true
  output %15
)";
}

std::string SmallPictureGraphText() {
  return R"(graph "pictures"
  input %0 "x": float32[1, 6, 4, 4]
  const %1 "w": float32[3, 3, 2, 4] = random(1)
  const %2 "b": float32[3] = {1, 2, 3}
  const %3 "slope": float32[4] = {0.5, 0.25, -1, 2}
  %4 "up": float32[1, 12, 8, 3] = conv_transpose2d(%0, %1, %2) stride_h=2 stride_w=2 height=12 width=8 padding=same activation=relu
  %5 "prelu": float32[1, 6, 4, 4] = prelu(%0, %3)
  %6 "larger": float32[1, 6, 4, 4] = resize_bilinear(%5) height=6 width=4 half_pixel_centers=true
  %7 "nearest": float32[1, 6, 4, 4] = resize_nearest(%5) height=6 width=4 align_corners=true
  %8 "difference": float32[1, 6, 4, 4] = sub(%6, %7)
  %9 "maximum": float32[1, 6, 4, 4] = maximum(%8, %3)
  %10 "minimum": float32[1, 6, 4, 4] = minimum(%9, %7)
  %11 "deep": float32[1, 3, 2, 16] = space_to_depth(%10) block=2
  %12 "wide": float32[1, 6, 4, 4] = depth_to_space(%11) block=2
  %13 "batch": float32[4, 4, 2, 4] = space_to_batch(%12) block_h=2 block_w=2 top=1 bottom=1
  %14 "space": float32[1, 6, 4, 4] = batch_to_space(%13) block_h=2 block_w=2 top=1 bottom=1
  %15 "turned": float32[1, 4, 6, 4] = transpose(%14) permutation=[0, 3, 1, 2]
  %16 "slice": float32[1, 2, 4] = strided_slice(%15) begin=[0, 3, 5, 0] size=[1, 2, 1, 4] stride=[1, -2, 1, 1] dropped=[2]
  %17 "normal": float32[1, 2, 4] = l2_normalize(%16)
  %18 "square": float32[1, 2, 4] = math(%17) function=square
  %19 "sum": float32[1, 2, 1] = reduce(%18) axes=[2] keep_dims=true
  %20 "quotient": float32[1, 2, 4] = div(%18, %19) activation=relu6
  %21 "largest": float32[1, 2] = reduce(%20) reduction=largest axes=[2]
  %22 "class": int32[1, 12, 8] = arg_max(%4) axis=3 dtype=int32
  %23 "real": float32[1, 12, 8] = cast(%22)
  output %21
  output %23
)";
}

std::string SmallDetectionGraphText() {
  return R"(graph "detection"
  input %0 "boxes": float32[1, 5, 4]
  input %1 "scores": float32[1, 5, 3]
  const %2 "anchors": float32[5, 4] = random(1)
  %3 "all": float32[37] = detection_post_process(%0, %1, %2) max_detections=3 max_classes_per_detection=2 num_classes=2 nms_score_threshold=0.125 nms_iou_threshold=0.5
  %4 "boxes/part": float32[24] = strided_slice(%3) begin=[0] size=[24] stride=[1]
  %5 "detected/boxes": float32[1, 6, 4] = reshape(%4) shape=[1, 6, 4]
  %6 "classes/part": float32[6] = strided_slice(%3) begin=[24] size=[6] stride=[1]
  %7 "detected/classes": float32[1, 6] = reshape(%6) shape=[1, 6]
  %8 "scores/part": float32[6] = strided_slice(%3) begin=[30] size=[6] stride=[1]
  %9 "detected/scores": float32[1, 6] = reshape(%8) shape=[1, 6]
  %10 "detected/count": float32[1] = strided_slice(%3) begin=[36] size=[1] stride=[1]
  output %5
  output %7
  output %9
  output %10
)";
}

}  // namespace goldcrest::testing
