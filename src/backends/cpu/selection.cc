// Operators that pick elements, or make one of many.
#include "backends/cpu/quantized.h"
#include "kernels/detection/detection.h"
#include "kernels/l2_normalize/l2_normalize.h"
#include "kernels/reduce/reduce.h"

namespace goldcrest::backends::cpu {

using tensor::DType;

Lowered Lower(const graph::Reduce& op, const Operands& operands) {
  namespace reduce = kernels::reduce;
  const bool picks =
      op.reduction == graph::Reduction::kLargest || op.reduction == graph::Reduction::kSmallest;
  if (picks && IsQuantized(operands)) {
    GOLDCREST_RETURN_IF_ERROR(ExpectSameQuantization(operands, 1));
  } else if (!picks || operands.in(0).dtype != DType::kInt32) {
    GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  }
  GOLDCREST_TRY(const Reduced reduced, ReducedOf(op.axes, operands));
  const reduce::Params params{static_cast<reduce::Kind>(op.reduction), operands.out().dtype,
                              reduced.outer, reduced.reduced, reduced.inner};
  return InChunks("reduce", params.outer * params.inner, params.reduced,
                  [params](int64_t first, int64_t last, const runtime::Buffers& b) {
                    reduce::Run(params, b.In<std::byte>(0), b.Out<std::byte>(0), first, last);
                  });
}

Lowered Lower(const graph::ArgMax& op, const Operands& operands) {
  namespace reduce = kernels::reduce;
  const DType dtype = operands.in(0).dtype;
  if (!IsQuantized(operands) && dtype != DType::kFloat32 && dtype != DType::kInt32) {
    return Fail(ErrorCode::kUnsupported, "the largest of elements of type ", NameOf(dtype));
  }
  GOLDCREST_TRY(const Reduced reduced, ReducedOf(std::span(&op.axis, 1), operands));
  const reduce::PlaceParams params{op.smallest, op.dtype == DType::kInt64, dtype, reduced.reduced,
                                   reduced.inner};
  return InChunks("arg_max", reduced.outer * reduced.inner, params.reduced,
                  [params](int64_t first, int64_t last, const runtime::Buffers& b) {
                    reduce::Place(params, b.In<std::byte>(0), b.Out<std::byte>(0), first, last);
                  });
}

Lowered Lower(const graph::L2Normalize&, const Operands& operands) {
  namespace l2 = kernels::l2_normalize;
  l2::Params params{operands.out().dtype, operands.out().shape.back()};
  if (IsQuantized(operands)) {
    GOLDCREST_TRY(const Scaled x, ScaledOf(operands.in(0)));
    GOLDCREST_TRY(const Scaled y, ScaledOf(operands.out()));
    if (!y.bytes() || y.dtype != x.dtype || y.scale != 0x1p-7F || y.zero != y.range().low + 128) {
      return Fail(ErrorCode::kUnsupported, "its result is ", NameOf(y.dtype), " with a scale of ",
                  y.scale, " and a zero point of ", y.zero,
                  "; a byte's of 1/128 in the middle of its range expected");
    }
    if (params.channels > l2::kMostChannels) {
      return Fail(ErrorCode::kLimit, "normalizes ", params.channels,
                  " channels of integers; up to ", l2::kMostChannels, " are supported");
    }
    params.x_zero = x.zero;
  } else {
    GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  }
  return InChunks("l2_normalize", RowsOf(operands.out().shape), params.channels,
                  [params](int64_t first, int64_t last, const runtime::Buffers& b) {
                    l2::Run(params, b.In<std::byte>(0), b.Out<std::byte>(0), first, last);
                  });
}

Lowered Lower(const graph::DetectionPostProcess& op, const Operands& operands) {
  namespace detection = kernels::detection;
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  const tensor::Shape& encodings = operands.in(0).shape;
  const detection::Params params{.boxes = encodings[1],
                                 .encoding = encodings[2],
                                 .classes = op.num_classes,
                                 .score_columns = operands.in(1).shape[2],
                                 .max_detections = op.max_detections,
                                 .classes_per_detection = op.max_classes_per_detection,
                                 .detections_per_class = op.detections_per_class,
                                 .regular = op.regular_nms,
                                 .least_score = static_cast<float>(op.nms_score_threshold),
                                 .most_overlap = static_cast<float>(op.nms_iou_threshold),
                                 .y_scale = op.y_scale,
                                 .x_scale = op.x_scale,
                                 .h_scale = op.h_scale,
                                 .w_scale = op.w_scale};
  return runtime::Step{.kernel = "detection_post_process",
                       .run =
                           [params](int64_t, const runtime::Buffers& b) noexcept {
                             detection::Run(params, b.In<float>(0), b.In<float>(1), b.In<float>(2),
                                            b.Out<float>(0), b.scratch);
                           },
                       .scratch_bytes = detection::ScratchBytes(params)};
}

}  // namespace goldcrest::backends::cpu
