#include <array>

#include "kernels/quantize/quantize.h"

namespace goldcrest::kernels::quantize {
namespace {

[[maybe_unused]] std::string_view RefuseWide(const Params& params) {
  return params.dtype == tensor::DType::kInt16 ? "it writes bytes" : "";
}

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"quantize_avx512", base::Isa::kAvx512, RefuseWide, RunAvx512},
    Row{"quantize_avx2", base::Isa::kAvx2, RefuseWide, RunAvx2},
#endif
    Row{"quantize_reference", base::Isa::kScalar, NeverRefuse<Params>, RunReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::kernels::quantize
