// Operators of two quantized operands.
#include "kernels/quantized_binary/quantized_binary.h"
#include "backends/cpu/quantized.h"

namespace goldcrest::backends::cpu {
namespace {

namespace binary = kernels::quantized_binary;
using SetScales = void (*)(binary::Params& params, float a, float b, float y);

// How an operator is computed: as XNNPACK does where it takes the scales.
struct Formulas {
  bool (*xnnpack_takes)(float a, float b, float y);
  SetScales set_xnnpack;
  SetScales set;
};

// Of operators that are computed in one way only.
bool NeverTakes(float, float, float) { return false; }

Lowered LowerBinary(const Formulas& formulas, graph::Activation activation,
                    const Operands& operands) {
  GOLDCREST_TRY(const Scaled a, ScaledOf(operands.in(0)));
  GOLDCREST_TRY(const Scaled b, ScaledOf(operands.in(1)));
  GOLDCREST_TRY(const Scaled y, ScaledOf(operands.out()));
  for (const double factor : {double{a.scale} / y.scale, double{b.scale} / y.scale,
                              double{a.scale} * b.scale / y.scale}) {
    GOLDCREST_RETURN_IF_ERROR(ExpectFactor(factor));
  }
  const bool xnnpack = operands.arithmetic == tensor::Arithmetic::kXnnpack && y.bytes() &&
                       formulas.xnnpack_takes(a.scale, b.scale, y.scale);
  binary::Params params;
  static_cast<kernels::Broadcast&>(params) =
      kernels::Broadcast::Over(operands.in(0).shape, operands.in(1).shape);
  params.dtype = y.dtype;
  params.a_zero = a.zero;
  params.b_zero = b.zero;
  params.y_zero = y.zero;
  params.clamp = ClampOf(activation, y, xnnpack);
  (xnnpack ? formulas.set_xnnpack : formulas.set)(params, a.scale, b.scale, y.scale);
  // LiteRT has vectors of int16 for operands of one shape; what they leave it rounds twice.
  constexpr int64_t kVector = 16;
  if (!y.bytes() && operands.arithmetic != tensor::Arithmetic::kReference &&
      operands.in(0).shape == operands.in(1).shape) {
    params.rounded_once = *tensor::ElementCount(operands.out().shape) / kVector * kVector;
  }
  const binary::Row& row = Choose(binary::Rows(), params, operands);
  const int64_t elements = *tensor::ElementCount(operands.out().shape);
  runtime::Step step = InChunks(
      row.name, elements, 1,
      [params, run = row.run](int64_t first, int64_t last, const runtime::Buffers& buffers) {
        run(params, buffers.In<std::byte>(0), buffers.In<std::byte>(1), buffers.Out<std::byte>(0),
            first, last);
      });
  if (operands.in(0).shape == operands.in(1).shape) AddElementwiseProgress(step, elements);
  return Explained(std::move(step), binary::Rows(), params, operands);
}

}  // namespace

Lowered LowerQuantized(const graph::Add& op, const Operands& operands) {
  return LowerBinary({binary::XnnpackAdds, binary::SetAddXnnpack, binary::SetAdd}, op.activation,
                     operands);
}

Lowered LowerQuantized(const graph::Mul& op, const Operands& operands) {
  return LowerBinary({binary::XnnpackMultiplies, binary::SetMulXnnpack, binary::SetMul},
                     op.activation, operands);
}

Lowered LowerQuantized(const graph::Sub& op, const Operands& operands) {
  return LowerBinary({binary::XnnpackAdds, binary::SetSubXnnpack, binary::SetSub}, op.activation,
                     operands);
}

Lowered LowerQuantized(const graph::Maximum&, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectSameQuantization(operands, 2));
  const auto set = [](binary::Params& params, float, float, float) {
    params.formula = binary::Formula::kLarger;
  };
  return LowerBinary({NeverTakes, nullptr, set}, graph::Activation::kNone, operands);
}

Lowered LowerQuantized(const graph::Minimum&, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectSameQuantization(operands, 2));
  const auto set = [](binary::Params& params, float, float, float) {
    params.formula = binary::Formula::kSmaller;
  };
  return LowerBinary({NeverTakes, nullptr, set}, graph::Activation::kNone, operands);
}

Lowered LowerQuantized(const graph::Prelu&, const Operands& operands) {
  if (operands.in(0).dtype == tensor::DType::kInt16) {
    return Fail(ErrorCode::kUnsupported, "PReLU of int16; int8 or uint8 expected");
  }
  return LowerBinary({NeverTakes, nullptr, binary::SetPrelu}, graph::Activation::kNone, operands);
}

}  // namespace goldcrest::backends::cpu
