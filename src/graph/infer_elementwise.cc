// Operators whose output has the shape of their input.
#include <array>

#include "graph/infer_rules.h"

namespace goldcrest::graph {
namespace {

using tensor::DType;
using tensor::Shape;

Inferred SameAsInput(Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  return Facts{in[0]->dtype, in[0]->shape};
}

// b is broadcast over a: aligned at the last dimension, each of b's either a's or 1.
Inferred Elementwise(Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  const Shape& a = in[0]->shape;
  const Shape& b = in[1]->shape;
  if (in[0]->dtype != in[1]->dtype) {
    return Invalid("the operands are ", tensor::NameOf(in[0]->dtype), " and ",
                   tensor::NameOf(in[1]->dtype));
  }
  bool fits = b.size() <= a.size();
  for (size_t i = 0; fits && i < b.size(); ++i) {
    fits = b[b.size() - 1 - i] == 1 || b[b.size() - 1 - i] == a[a.size() - 1 - i];
  }
  if (!fits) {
    return Invalid("an operand of shape ", tensor::ToString(b), " does not broadcast over ",
                   tensor::ToString(a));
  }
  return Facts{in[0]->dtype, a};
}

bool StandsForReals(DType dtype) {
  return dtype == DType::kInt8 || dtype == DType::kUInt8 || dtype == DType::kInt16;
}

}  // namespace

Inferred Infer(const BatchNorm& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 5, 5));
  if (in[0]->shape.empty() || in[0]->shape.back() == 0) return Invalid("the input has no channels");
  for (size_t i = 1; i < 5; ++i) {
    constexpr std::array<const char*, 5> kNames = {"", "gamma", "beta", "the mean", "the variance"};
    GOLDCREST_RETURN_IF_ERROR(ExpectVector(kNames[i], *in[i], in[0]->shape.back()));
  }
  for (const Facts* facts : in) {
    if (facts->dtype == DType::kFloat32) continue;
    return Invalid("normalizes float32, not ", tensor::NameOf(facts->dtype));
  }
  if (!(op.epsilon >= 0)) return Invalid("epsilon is ", op.epsilon);
  return Facts{in[0]->dtype, in[0]->shape};
}

Inferred Infer(const Activate&, Inputs in) { return SameAsInput(in); }
Inferred Infer(const HardSwish&, Inputs in) { return SameAsInput(in); }
Inferred Infer(const Logistic&, Inputs in) { return SameAsInput(in); }
Inferred Infer(const Tanh&, Inputs in) { return SameAsInput(in); }
Inferred Infer(const LeakyRelu&, Inputs in) { return SameAsInput(in); }

Inferred Infer(const Softmax&, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  if (in[0]->shape.empty() || in[0]->shape.back() == 0) return Invalid("the input has no classes");
  return Facts{in[0]->dtype, in[0]->shape};
}

Inferred Infer(const Add&, Inputs in) { return Elementwise(in); }
Inferred Infer(const Mul&, Inputs in) { return Elementwise(in); }
Inferred Infer(const Sub&, Inputs in) { return Elementwise(in); }
Inferred Infer(const Div&, Inputs in) { return Elementwise(in); }
Inferred Infer(const Maximum&, Inputs in) { return Elementwise(in); }
Inferred Infer(const Minimum&, Inputs in) { return Elementwise(in); }
Inferred Infer(const Prelu&, Inputs in) { return Elementwise(in); }

Inferred Infer(const Math&, Inputs in) { return SameAsInput(in); }
Inferred Infer(const L2Normalize&, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  if (in[0]->shape.empty() || in[0]->shape.back() == 0) return Invalid("the input has no channels");
  return Facts{in[0]->dtype, in[0]->shape};
}

Inferred Infer(const Cast& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  for (DType dtype : {in[0]->dtype, op.dtype}) {
    if (dtype == DType::kFloat16) return Invalid("casts float16");
  }
  return Facts{op.dtype, in[0]->shape};
}

Inferred Infer(const Quantize& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  bool fits = in[0]->dtype == DType::kFloat32 || StandsForReals(in[0]->dtype);
  if (!fits || !StandsForReals(op.dtype)) {
    return Invalid("makes ", tensor::NameOf(op.dtype), " of ", tensor::NameOf(in[0]->dtype));
  }
  return Facts{op.dtype, in[0]->shape};
}

Inferred Infer(const Dequantize&, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  if (in[0]->dtype != DType::kFloat16 && !StandsForReals(in[0]->dtype)) {
    return Invalid("reads ", tensor::NameOf(in[0]->dtype));
  }
  return Facts{DType::kFloat32, in[0]->shape};
}

Inferred Infer(const FakeQuant& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 3, 3));
  const tensor::Shape& shape = in[0]->shape;
  for (const Facts* facts : in) {
    if (facts->dtype == DType::kFloat32) continue;
    return Invalid("rounds float32, not ", tensor::NameOf(facts->dtype));
  }
  if (op.bits < 2 || op.bits > 16) return Invalid("counts with ", op.bits, " bits, not 2 to 16");
  const auto axis = static_cast<size_t>(op.axis);
  const bool per_index = in[1]->shape != tensor::Shape{1};
  if (per_index && (op.axis < 0 || axis >= shape.size() || shape[axis] < 1)) {
    return Invalid("has the ranges ", tensor::ToString(in[1]->shape), ", which do not fit x's ",
                   tensor::ToString(shape), " in dimension ", op.axis);
  }
  const int64_t ranges = per_index ? shape[axis] : 1;
  GOLDCREST_RETURN_IF_ERROR(ExpectVector("min", *in[1], ranges));
  GOLDCREST_RETURN_IF_ERROR(ExpectVector("max", *in[2], ranges));
  return Facts{DType::kFloat32, shape};
}

Inferred Infer(const Dropout&, Inputs in) { return SameAsInput(in); }
Inferred Infer(const TrainingOnly&, Inputs in) { return SameAsInput(in); }

}  // namespace goldcrest::graph
