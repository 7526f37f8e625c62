// One function a formula: of x without its zero point, y without its own.
#pragma once

#include "kernels/quantized_unary/quantized_unary.h"

namespace goldcrest::kernels::quantized_unary {

int64_t Slopes(const Params& params, int32_t x);
int64_t SlopesUp(const Params& params, int32_t x);
int64_t SlopesXnnpack(const Params& params, int32_t x);
int64_t HardSwish(const Params& params, int32_t x);
int64_t Logistic(const Params& params, int32_t x);
int64_t LogisticXnnpack(const Params& params, int32_t x);
int64_t LogisticLines(const Params& params, int32_t x);
int64_t LogisticFixedPoint(const Params& params, int32_t x);
int64_t Tanh(const Params& params, int32_t x);
int64_t TanhXnnpack(const Params& params, int32_t x);
int64_t TanhLines(const Params& params, int32_t x);
int64_t TanhFixedPoint(const Params& params, int32_t x);

}  // namespace goldcrest::kernels::quantized_unary
