#include "kernels/fixed_point_functions.h"
#include "kernels/quantized_unary/formulas.h"

namespace goldcrest::kernels::quantized_unary {
namespace {

ShortFactor MakeShort(float factor) {
  const FixedPoint wide = QuantizeMultiplier(factor);
  constexpr int32_t kHalf = 1 << 15;
  const bool largest = wide.multiplier >= INT32_MAX - kHalf;
  return {static_cast<int16_t>(largest ? INT16_MAX : (wide.multiplier + kHalf) >> 16), wide.shift};
}

}  // namespace

// The result is x on y's scale times the gate, (x + 3) / 6 in [0, 1]. The gate is computed from x
// on a scale on which 3 is 2^15.
void SetHardSwish(Params& params) {
  params.formula = Formula::kHardSwish;
  const float fine = (1.0F / 128) * params.x.scale;
  params.size = MakeShort(fine / params.y.scale);
  params.gate = MakeShort(fine / (3.0F / 32768));
}

int64_t HardSwish(const Params& params, int32_t x) {
  using fixed::Times;
  const auto fine = static_cast<int16_t>(x * 128);
  int16_t gate = fine;
  if (params.gate.shift > 0) {
    // The last step is taken after the multiplication, so that nothing saturates early.
    gate = fixed::TimesPower(gate, params.gate.shift - 1 < 15 ? params.gate.shift - 1 : 15);
  }
  gate = Times(gate, params.gate.multiplier);
  if (params.gate.shift > 0) gate = fixed::TimesPower(gate, 1);
  if (params.gate.shift < 0) gate = fixed::DivideByPower(gate, -params.gate.shift);
  gate = static_cast<int16_t>((gate + (1 << 15)) >> 1);
  const int16_t size = Times(fine, params.size.multiplier);
  const auto product = static_cast<int16_t>(gate * size / (1 << 15));  // towards zero
  return fixed::DivideByPower(product, -params.size.shift);
}

}  // namespace goldcrest::kernels::quantized_unary
