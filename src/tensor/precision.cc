#include "tensor/precision.h"

namespace goldcrest::tensor {

Result<Precision> ParsePrecision(std::string_view what, std::string_view name) {
  for (size_t i = 0; i < kPrecisionNames.size(); ++i) {
    if (kPrecisionNames[i] == name) return static_cast<Precision>(i);
  }
  return Fail(ErrorCode::kUsage, what, " is '", name, "'; it can be f32 or bf16");
}

bool Has(base::Isa isa, Precision precision) {
  return precision == Precision::kFloat32 || isa == base::Isa::kAvx512Bf16 ||
         isa == base::Isa::kAmx;
}

Status ExpectPrecision(base::Isa isa, Precision precision) {
  if (Has(isa, precision)) return {};
  const bool capped = base::MachineIsa() != isa;
  return Fail(ErrorCode::kUnsupported, "the precision ", NameOf(precision), " needs ",
              base::NameOf(base::Isa::kAvx512Bf16), " instructions, and ",
              capped ? "what may be used here is only " : "this machine has only ",
              base::NameOf(isa), "; leave the precision at f32");
}

}  // namespace goldcrest::tensor
