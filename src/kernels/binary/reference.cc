#include <algorithm>

#include "kernels/binary/binary.h"

namespace goldcrest::kernels::binary {
namespace {

float Value(Operator op, float a, float b) {
  switch (op) {
    case Operator::kAdd:
      return a + b;
    case Operator::kMul:
      return a * b;
    case Operator::kSub:
      return a - b;
    case Operator::kDiv:
      return a / b;
    case Operator::kMaximum:
      return std::max(a, b);
    case Operator::kMinimum:
      return std::min(a, b);
    case Operator::kPrelu:
      return a > 0 ? a : a * b;
  }
  return a;
}

}  // namespace

void RunReference(const Params& params, const float* a, const float* b, float* y, int64_t first,
                  int64_t last) noexcept {
  for (int64_t i = first; i < last; ++i) {
    y[i] = params.clamp(Value(params.op, a[i], b[params.PlaceInB(i)]));
  }
}

}  // namespace goldcrest::kernels::binary
