#include <array>

#include "gradients/depthwise/depthwise.h"

namespace goldcrest::gradients::depthwise {
namespace {

[[maybe_unused]] std::string_view RefuseMultiplier(const Params& params) {
  return params.multiplier == 1 ? "" : "more than one filter a channel";
}

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"depthwise_gradient_f32_avx512", base::Isa::kAvx512, RefuseMultiplier, WeightsAvx512,
        InputAvx512},
    Row{"depthwise_gradient_f32_avx2", base::Isa::kAvx2, RefuseMultiplier, WeightsAvx2, InputAvx2},
#elif defined(__aarch64__)
    Row{"depthwise_gradient_f32_neon", base::Isa::kNeon, RefuseMultiplier, WeightsNeon, InputNeon},
#endif
    Row{"depthwise_gradient_f32_reference", base::Isa::kScalar, kernels::NeverRefuse<Params>,
        WeightsReference, InputReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return kernels::ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::gradients::depthwise
