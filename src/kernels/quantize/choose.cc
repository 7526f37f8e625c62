#include <array>

#include "kernels/quantize/quantize.h"

namespace goldcrest::kernels::quantize {
namespace {

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"quantize_avx512", base::Isa::kAvx512, NeverRefuse<Params>, RunAvx512},
    Row{"quantize_avx2", base::Isa::kAvx2, NeverRefuse<Params>, RunAvx2},
#elif defined(__aarch64__)
    Row{"quantize_neon", base::Isa::kNeon, NeverRefuse<Params>, RunNeon},
#endif
    Row{"quantize_reference", base::Isa::kScalar, NeverRefuse<Params>, RunReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::kernels::quantize
