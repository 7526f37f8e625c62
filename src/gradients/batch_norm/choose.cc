#include <array>

#include "gradients/batch_norm/batch_norm.h"

namespace goldcrest::gradients::batch_norm {
namespace {

[[maybe_unused]] std::string_view RefuseWide(const Params& params) {
  return params.channels > kMostChannels ? "more channels than it has sums for" : "";
}

const std::array kRows = {
#if defined(__x86_64__)
    Row{"batch_norm_f32_avx512", base::Isa::kAvx512, RefuseWide, kAvx512},
    Row{"batch_norm_f32_avx2", base::Isa::kAvx2, RefuseWide, kAvx2},
#elif defined(__aarch64__)
    Row{"batch_norm_f32_neon", base::Isa::kNeon, RefuseWide, kNeon},
#endif
    Row{"batch_norm_f32_reference", base::Isa::kScalar, kernels::NeverRefuse<Params>, kReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return kernels::ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::gradients::batch_norm
