#include <algorithm>
#include <cmath>

#include "kernels/quantized_binary/quantized_binary.h"

namespace goldcrest::kernels::quantized_binary {

// Operands are brought to twice the larger scale, shifted left as far as 32 bits hold their sum.
void SetAdd(Params& params, float a_scale, float b_scale, float y_scale) {
  params.formula = Formula::kAdd;
  params.left = params.dtype == tensor::DType::kInt16 ? 15 : 20;
  const double common = 2 * static_cast<double>(std::max(a_scale, b_scale));
  params.a_factor = QuantizeMultiplier(a_scale / common);
  params.b_factor = QuantizeMultiplier(b_scale / common);
  params.y_factor =
      QuantizeMultiplier(common / (std::ldexp(1.0, params.left) * static_cast<double>(y_scale)));
}

// Multipliers below 2^21, the larger one being 2^20 or more.
void SetAddXnnpack(Params& params, float a_scale, float b_scale, float y_scale) {
  params.formula = Formula::kAddXnnpack;
  const float a = a_scale / y_scale;
  const float b = b_scale / y_scale;
  params.shift = 20 - std::ilogb(std::max(a, b));
  params.a_multiplier = static_cast<int32_t>(std::lrint(std::ldexp(a, params.shift)));
  params.b_multiplier = static_cast<int32_t>(std::lrint(std::ldexp(b, params.shift)));
}

void SetSub(Params& params, float a_scale, float b_scale, float y_scale) {
  SetAdd(params, a_scale, b_scale, y_scale);
  params.b_factor.multiplier = -params.b_factor.multiplier;
}

void SetSubXnnpack(Params& params, float a_scale, float b_scale, float y_scale) {
  SetAddXnnpack(params, a_scale, b_scale, y_scale);
  params.b_multiplier = -params.b_multiplier;
}

void SetMul(Params& params, float a_scale, float b_scale, float y_scale) {
  params.formula = Formula::kMul;
  const float product = a_scale * b_scale;
  params.y_factor = QuantizeMultiplier(product / y_scale);
}

void SetMulXnnpack(Params& params, float a_scale, float b_scale, float y_scale) {
  params.formula = Formula::kMulXnnpack;
  const float product = a_scale * b_scale;
  params.scale = product / y_scale;
}

void SetPrelu(Params& params, float a_scale, float b_scale, float y_scale) {
  params.formula = Formula::kPrelu;
  const double a = a_scale, b = b_scale, y = y_scale;
  params.a_factor = QuantizeMultiplier(a / y);
  params.b_factor = QuantizeMultiplier(a * b / y);
}

bool XnnpackAdds(float a_scale, float b_scale, float y_scale) {
  auto takes = [&](float scale) {
    const float ratio = scale / y_scale;
    return ratio >= 0x1p-10F && ratio < 0x1p8F;
  };
  return takes(a_scale) && takes(b_scale);
}

bool XnnpackMultiplies(float a_scale, float b_scale, float y_scale) {
  const float product = a_scale * b_scale;
  const float ratio = product / y_scale;
  return ratio >= 0x1p-16F && ratio < 0x1p8F;
}

}  // namespace goldcrest::kernels::quantized_binary
