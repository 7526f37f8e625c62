// Operators that pick elements, or make one of many.
#include <utility>

#include "graph/infer_rules.h"

namespace goldcrest::graph {

using tensor::DType;
using tensor::Shape;

Inferred Infer(const Reduce& op, Inputs in) { return InferReduction(op.axes, op.keep_dims, in); }

Inferred Infer(const ArgMax& op, Inputs in) {
  GOLDCREST_TRY(Facts facts, InferReduction({op.axis}, false, in));
  if (op.dtype != DType::kInt32 && op.dtype != DType::kInt64) {
    return Invalid("makes places of type ", tensor::NameOf(op.dtype));
  }
  return Facts{op.dtype, std::move(facts.shape)};
}

Inferred Infer(const DetectionPostProcess& op, Inputs in) {
  constexpr int64_t kMost = 1 << 16;
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 3, 3));
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("the boxes", *in[0], 3));
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("the scores", *in[1], 3));
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("the anchors", *in[2], 2));
  for (int64_t n :
       {op.max_detections, op.max_classes_per_detection, op.detections_per_class, op.num_classes}) {
    if (n < 1 || n > kMost) return Invalid("has ", n, " for a number of detections or classes");
  }
  if (op.rows() > kMost) return Invalid("makes ", op.rows(), " detections");
  const Shape& boxes = in[0]->shape;
  const Shape& scores = in[1]->shape;
  const int64_t count = in[2]->shape[0];
  const int64_t background = scores[2] - op.num_classes;
  if (boxes[0] != 1 || scores[0] != 1 || boxes[1] != count || scores[1] != count || boxes[2] < 4 ||
      in[2]->shape[1] != 4 || background < 0 || background > 1) {
    return Invalid("boxes ", tensor::ToString(boxes), ", scores ", tensor::ToString(scores), " of ",
                   op.num_classes, " classes and anchors ", tensor::ToString(in[2]->shape),
                   " do not go together");
  }
  return Facts{DType::kFloat32, {op.rows() * 6 + 1}};
}

}  // namespace goldcrest::graph
