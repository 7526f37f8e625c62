#include "tensor/arithmetic.h"

namespace goldcrest::tensor {

Result<Arithmetic> ParseArithmetic(std::string_view what, std::string_view name) {
  for (size_t i = 0; i < kArithmeticNames.size(); ++i) {
    if (kArithmeticNames[i] == name) return static_cast<Arithmetic>(i);
  }
  return Fail(ErrorCode::kUsage, what, " is '", name, "'; it can be xnnpack, reference or builtin");
}

}  // namespace goldcrest::tensor
