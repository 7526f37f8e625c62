#include <array>

#include "gradients/conv_weights/conv_weights.h"
#include "kernels/conv/conv.h"

namespace goldcrest::gradients::conv_weights {
namespace {

[[maybe_unused]] std::string_view RefuseDeep(const Params& params) {
  return params.in_channels > kernels::conv::kMostChannels
             ? "more input channels than the zero row has"
             : "";
}

#if defined(__x86_64__)
std::string_view RefusePairs(const Params& params) {
  return params.bfloat16 ? RefuseDeep(params) : "computes in bfloat16, which was not asked for";
}
#endif

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"conv_weights_bf16_avx512bf16", base::Isa::kAvx512Bf16, RefusePairs, RunAvx512Bf16},
    Row{"conv_weights_f32_avx512", base::Isa::kAvx512, RefuseDeep, RunAvx512},
    Row{"conv_weights_f32_avx2", base::Isa::kAvx2, RefuseDeep, RunAvx2},
#elif defined(__aarch64__)
    Row{"conv_weights_f32_neon", base::Isa::kNeon, RefuseDeep, RunNeon},
#endif
    Row{"conv_weights_f32_reference", base::Isa::kScalar, kernels::NeverRefuse<Params>,
        RunReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return kernels::ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::gradients::conv_weights
