#include <array>

#include "kernels/quantized_binary/quantized_binary.h"

namespace goldcrest::kernels::quantized_binary {
namespace {

[[maybe_unused]] std::string_view Refuse(const Params& params) {
  if (params.formula > Formula::kMulXnnpack) return "an operator that only the reference has";
  return params.dtype == tensor::DType::kInt16 ? "takes bytes only" : "";
}

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"quantized_binary_avx512", base::Isa::kAvx512, Refuse, RunAvx512},
    Row{"quantized_binary_avx2", base::Isa::kAvx2, Refuse, RunAvx2},
#elif defined(__aarch64__)
    Row{"quantized_binary_neon", base::Isa::kNeon, Refuse, RunNeon},
#endif
    Row{"quantized_binary_reference", base::Isa::kScalar, NeverRefuse<Params>, RunReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::kernels::quantized_binary
