#include "kernels/quantized_unary/formulas.h"

namespace goldcrest::kernels::quantized_unary {
namespace {

using Function = int64_t (*)(const Params& params, int32_t x);

Function FunctionOf(Formula formula) {
  switch (formula) {
    case Formula::kSlopes:
      return Slopes;
    case Formula::kSlopesUp:
      return SlopesUp;
    case Formula::kSlopesXnnpack:
      return SlopesXnnpack;
    case Formula::kHardSwish:
      return HardSwish;
    case Formula::kLogistic:
      return Logistic;
    case Formula::kLogisticXnnpack:
      return LogisticXnnpack;
    case Formula::kLogisticLines:
      return LogisticLines;
    case Formula::kLogisticFixedPoint:
      return LogisticFixedPoint;
    case Formula::kTanh:
      return Tanh;
    case Formula::kTanhXnnpack:
      return TanhXnnpack;
    case Formula::kTanhLines:
      return TanhLines;
    case Formula::kTanhFixedPoint:
      return TanhFixedPoint;
  }
  return Slopes;
}

}  // namespace

int32_t Apply(const Params& params, int32_t x) {
  return params.clamp(params.y.zero + FunctionOf(params.formula)(params, x - params.x.zero));
}

byte_table::Table MakeTable(const Params& params) {
  byte_table::Table table;
  for (int byte = 0; byte < 256; ++byte) {
    const bool is_signed = params.x.dtype == tensor::DType::kInt8;
    const int32_t x = is_signed ? static_cast<int8_t>(byte) : byte;
    table[static_cast<size_t>(byte)] = static_cast<uint8_t>(Apply(params, x));
  }
  return table;
}

void Reference(const Params& params, const std::byte* x, std::byte* y, int64_t first,
               int64_t last) noexcept {
  WithIntegerType(params.x.dtype, [&](auto x_type) {
    WithIntegerType(params.y.dtype, [&](auto y_type) {
      const auto* in = reinterpret_cast<const decltype(x_type)*>(x);
      auto* out = reinterpret_cast<decltype(y_type)*>(y);
      for (int64_t i = first; i < last; ++i) {
        out[i] = static_cast<decltype(y_type)>(Apply(params, in[i]));
      }
    });
  });
}

}  // namespace goldcrest::kernels::quantized_unary
