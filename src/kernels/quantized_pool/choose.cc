#include <array>

#include "kernels/quantized_pool/quantized_pool.h"

namespace goldcrest::kernels::quantized_pool {
namespace {

[[maybe_unused]] std::string_view RefuseWide(const Params& params) {
  return params.dtype == tensor::DType::kInt16 ? "takes bytes only" : "";
}

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"quantized_pool_avx512", base::Isa::kAvx512, RefuseWide, RunAvx512},
    Row{"quantized_pool_avx2", base::Isa::kAvx2, RefuseWide, RunAvx2},
#elif defined(__aarch64__)
    Row{"quantized_pool_neon", base::Isa::kNeon, RefuseWide, RunNeon},
#endif
    Row{"quantized_pool_reference", base::Isa::kScalar, NeverRefuse<Params>, RunReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::kernels::quantized_pool
