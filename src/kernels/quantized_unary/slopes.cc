#include <cmath>

#include "kernels/quantized_unary/formulas.h"

namespace goldcrest::kernels::quantized_unary {

void SetSlopes(Params& params, double positive, double negative) {
  params.formula = Formula::kSlopes;
  params.positive = QuantizeMultiplier(positive);
  params.negative = QuantizeMultiplier(std::abs(negative));
  params.falls = negative < 0;
}

void SetSlopesXnnpack(Params& params, float positive, float negative) {
  params.formula = Formula::kSlopesXnnpack;
  params.short_positive = static_cast<int32_t>(std::lrint(256 * positive));
  params.short_negative = static_cast<int32_t>(std::lrint(256 * negative));
}

int64_t Slopes(const Params& params, int32_t x) {
  if (x >= 0) return MultiplyDouble(x, params.positive);
  const int64_t y = MultiplyDouble(x, params.negative);
  return params.falls ? -y : y;
}

int64_t SlopesUp(const Params& params, int32_t x) {
  if (x >= 0) return MultiplyDoubleUp(x, params.positive);
  const int64_t y = MultiplyDoubleUp(x, params.negative);
  return params.falls ? -y : y;
}

int64_t SlopesXnnpack(const Params& params, int32_t x) {
  const int64_t slope = x > 0 ? params.short_positive : params.short_negative;
  return (x * slope + 128) >> 8;
}

}  // namespace goldcrest::kernels::quantized_unary
