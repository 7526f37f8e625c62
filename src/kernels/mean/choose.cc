#include <array>

#include "kernels/mean/mean.h"

namespace goldcrest::kernels::mean {
namespace {

[[maybe_unused]] std::string_view RefuseOrder(const Params& params) {
  return params.in_order ? "sums in another order than the reference kernels'" : "";
}

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"mean_f32_avx512", base::Isa::kAvx512, RefuseOrder, RunAvx512},
    Row{"mean_f32_avx2", base::Isa::kAvx2, RefuseOrder, RunAvx2},
#elif defined(__aarch64__)
    Row{"mean_f32_neon", base::Isa::kNeon, RefuseOrder, RunNeon},
#endif
    Row{"mean_f32_reference", base::Isa::kScalar, NeverRefuse<Params>, RunReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::kernels::mean
