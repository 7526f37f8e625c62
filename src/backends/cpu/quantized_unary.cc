// Functions of one quantized operand, and QUANTIZE of integers.
#include <algorithm>
#include <cmath>

#include "backends/cpu/quantized.h"
#include "kernels/quantized_unary/quantized_unary.h"

namespace goldcrest::backends::cpu {
namespace {

namespace unary = kernels::quantized_unary;
using tensor::Arithmetic;

// LiteRT's vectors: the last elements that do not fill one are rounded otherwise.
constexpr int64_t kVector = 16;

// With operands and result, clamped to the result's range.
Result<unary::Params> ParamsOf(const Operands& operands) {
  GOLDCREST_TRY(const Scaled x, ScaledOf(operands.in(0)));
  GOLDCREST_TRY(const Scaled y, ScaledOf(operands.out()));
  GOLDCREST_RETURN_IF_ERROR(ExpectFactor(double{x.scale} / y.scale));
  unary::Params params;
  params.x = {x.dtype, x.scale, x.zero};
  params.y = {y.dtype, y.scale, y.zero};
  params.clamp = y.range();
  return params;
}

bool Bytes(const unary::Scaled& operand) { return operand.dtype != tensor::DType::kInt16; }

// The first `first_count` elements by one formula, all others by the other.
Lowered LowerParts(const unary::Params& head, int64_t head_count, const unary::Params& tail,
                   const Operands& operands) {
  const int64_t count = *tensor::ElementCount(operands.out().shape);
  if (Bytes(tail.x) && Bytes(tail.y)) {
    namespace table = kernels::byte_table;
    const table::Table tail_table = unary::MakeTable(tail);
    const table::Row& row = Choose(table::Rows(), tail_table, operands);
    runtime::Step step =
        InChunks(row.name, count, 1,
                 [head_table = unary::MakeTable(head), tail_table, head_count, run = row.run](
                     int64_t first, int64_t last, const runtime::Buffers& b) {
                   const int64_t middle = std::clamp(head_count, first, last);
                   const auto* x = b.In<std::byte>(0);
                   run(head_table, x, b.Out<std::byte>(0), first, middle);
                   run(tail_table, x, b.Out<std::byte>(0), middle, last);
                 });
    return Explained(std::move(step), table::Rows(), tail_table, operands);
  }
  return InChunks("quantized_unary_reference", count, 1,
                  [tail](int64_t first, int64_t last, const runtime::Buffers& b) {
                    unary::Reference(tail, b.In<std::byte>(0), b.Out<std::byte>(0), first, last);
                  });
}

Lowered LowerUnary(const unary::Params& params, const Operands& operands) {
  return LowerParts(params, 0, params, operands);
}

// Of sigmoids of int16, whose result has one scale only.
Status ExpectSigmoidScale(const unary::Params& params) {
  if (Bytes(params.x) || params.y.scale == 0x1p-15F) return {};
  return Fail(ErrorCode::kUnsupported, "its int16 result has a scale of ", params.y.scale,
              "; 2^-15 expected");
}

}  // namespace

Lowered LowerQuantized(const graph::Activate& op, const Operands& operands) {
  GOLDCREST_TRY(unary::Params params, ParamsOf(operands));
  GOLDCREST_TRY(const Scaled y, ScaledOf(operands.out()));
  const float factor = params.x.scale / params.y.scale;
  unary::SetSlopes(params, factor, factor);
  params.clamp = ClampOf(op.activation, y, false);
  return LowerUnary(params, operands);
}

Lowered LowerQuantized(const graph::LeakyRelu& op, const Operands& operands) {
  GOLDCREST_TRY(unary::Params params, ParamsOf(operands));
  const auto alpha = static_cast<float>(op.alpha);
  const float positive = params.x.scale / params.y.scale;
  const float negative = params.x.scale * alpha / params.y.scale;
  GOLDCREST_RETURN_IF_ERROR(ExpectFactor(negative));
  const float ratio = positive * alpha;  // as XNNPACK computes it
  const bool takes = std::isnormal(alpha) && positive >= 0x1p-8F && positive <= 128 &&
                     ratio >= -127.99609375F && ratio <= 128 && std::abs(ratio) >= 0x1p-8F;
  if (operands.arithmetic == Arithmetic::kXnnpack && Bytes(params.x) && takes) {
    unary::SetSlopesXnnpack(params, positive, ratio);
  } else {
    unary::SetSlopes(params, positive, negative);
  }
  return LowerUnary(params, operands);
}

Lowered LowerQuantized(const graph::HardSwish&, const Operands& operands) {
  GOLDCREST_TRY(unary::Params params, ParamsOf(operands));
  if (!Bytes(params.x)) {
    return Fail(ErrorCode::kUnsupported, "hard-swish of int16; int8 or uint8 expected");
  }
  unary::SetHardSwish(params);
  if (params.size.shift > 0) {
    return Fail(ErrorCode::kUnsupported, "its result's scale ", params.y.scale,
                " is too fine for its operand's, ", params.x.scale);
  }
  return LowerUnary(params, operands);
}

Lowered LowerQuantized(const graph::Logistic&, const Operands& operands) {
  GOLDCREST_TRY(unary::Params params, ParamsOf(operands));
  GOLDCREST_RETURN_IF_ERROR(ExpectSigmoidScale(params));
  unary::SetLogistic(params, operands.arithmetic != Arithmetic::kReference);
  if (operands.arithmetic == Arithmetic::kXnnpack && Bytes(params.x)) {
    params.formula = unary::Formula::kLogisticXnnpack;
  }
  return LowerUnary(params, operands);
}

Lowered LowerQuantized(const graph::Tanh&, const Operands& operands) {
  GOLDCREST_TRY(unary::Params params, ParamsOf(operands));
  GOLDCREST_RETURN_IF_ERROR(ExpectSigmoidScale(params));
  unary::SetTanh(params, operands.arithmetic != Arithmetic::kReference);
  if (operands.arithmetic == Arithmetic::kXnnpack && Bytes(params.x)) {
    params.formula = unary::Formula::kTanhXnnpack;
  }
  return LowerUnary(params, operands);
}

Lowered LowerRequantize(const Operands& operands) {
  GOLDCREST_TRY(unary::Params params, ParamsOf(operands));
  const bool bytes = Bytes(params.x) && Bytes(params.y);
  const float ratio = params.x.scale / params.y.scale;
  const bool takes = bytes && params.x.dtype == params.y.dtype && ratio >= 0x1p-8F && ratio <= 128;
  if (operands.arithmetic == Arithmetic::kXnnpack && takes) {
    unary::SetSlopesXnnpack(params, ratio, ratio);
    return LowerUnary(params, operands);
  }
  const double factor = double{params.x.scale} / double{params.y.scale};
  unary::SetSlopes(params, factor, factor);
  if (operands.arithmetic == Arithmetic::kReference || !bytes) return LowerUnary(params, operands);
  unary::Params head = params;
  head.formula = unary::Formula::kSlopesUp;
  const int64_t count = *tensor::ElementCount(operands.out().shape);
  return LowerParts(head, count / kVector * kVector, params, operands);
}

}  // namespace goldcrest::backends::cpu
