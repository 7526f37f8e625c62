#include <array>

#include "kernels/depthwise/depthwise.h"

namespace goldcrest::kernels::depthwise {
namespace {

[[maybe_unused]] std::string_view RefuseOrder(const Params& params) {
  return params.in_order ? "sums in another order than the reference kernels'" : "";
}

[[maybe_unused]] std::string_view RefuseMultiplier(const Params& params) {
  return params.multiplier == 1 ? RefuseOrder(params) : "more than one filter a channel";
}

[[maybe_unused]] std::string_view RefuseNarrow(const Params& params) {
  if (params.in_channels < 16) return "fewer channels than a vector has";
  return RefuseMultiplier(params);
}

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"depthwise_f32_avx512", base::Isa::kAvx512, RefuseNarrow, RunAvx512},
    Row{"depthwise_f32_avx2", base::Isa::kAvx2, RefuseMultiplier, RunAvx2},
    Row{"depthwise_multiplied_f32_avx512", base::Isa::kAvx512, RefuseOrder, RunAvx512Multiplied},
    Row{"depthwise_multiplied_f32_avx2", base::Isa::kAvx2, RefuseOrder, RunAvx2Multiplied},
#elif defined(__aarch64__)
    Row{"depthwise_f32_neon", base::Isa::kNeon, RefuseMultiplier, RunNeon},
    Row{"depthwise_multiplied_f32_neon", base::Isa::kNeon, RefuseOrder, RunNeonMultiplied},
#endif
    Row{"depthwise_f32_reference", base::Isa::kScalar, NeverRefuse<Params>, RunReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::kernels::depthwise
