#include <array>

#include "kernels/quantized_mean/quantized_mean.h"

namespace goldcrest::kernels::quantized_mean {
namespace {

[[maybe_unused]] std::string_view RefuseRows(const Params& params) {
  if (params.dtype == tensor::DType::kInt16) return "takes bytes only";
  return params.inner == 1 ? "the elements of a mean lie side by side" : "";
}

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"quantized_mean_avx512", base::Isa::kAvx512, RefuseRows, RunAvx512},
    Row{"quantized_mean_avx2", base::Isa::kAvx2, RefuseRows, RunAvx2},
#elif defined(__aarch64__)
    Row{"quantized_mean_neon", base::Isa::kNeon, RefuseRows, RunNeon},
#endif
    Row{"quantized_mean_reference", base::Isa::kScalar, NeverRefuse<Params>, RunReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::kernels::quantized_mean
