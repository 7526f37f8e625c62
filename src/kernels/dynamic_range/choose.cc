#include <array>

#include "kernels/dynamic_range/dynamic_range.h"

namespace goldcrest::kernels::dynamic_range {
namespace {

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"dynamic_range_avx512", base::Isa::kAvx512, NeverRefuse<Params>, RangeAvx512,
        QuantizeAvx512, CentreAvx512, ToRealsAvx512},
    Row{"dynamic_range_avx2", base::Isa::kAvx2, NeverRefuse<Params>, RangeAvx2, QuantizeAvx2,
        CentreAvx2, ToRealsAvx2},
#elif defined(__aarch64__)
    Row{"dynamic_range_neon", base::Isa::kNeon, NeverRefuse<Params>, RangeNeon, QuantizeNeon,
        CentreNeon, ToRealsNeon},
#endif
    Row{"dynamic_range_reference", base::Isa::kScalar, NeverRefuse<Params>, RangeReference,
        QuantizeReference, CentreReference, ToRealsReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::kernels::dynamic_range
