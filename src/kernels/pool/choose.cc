#include <array>

#include "kernels/pool/pool.h"

namespace goldcrest::kernels::pool {
namespace {

// The sum of a window is one of its rows' sums, in float32.
std::string_view RefuseLarge(const Params& params) {
  const Window& a = params.window;
  return a.kernel_h + a.kernel_w <= 128 ? "" : "the sum of so large a window needs more digits";
}

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"pool_f32_avx512", base::Isa::kAvx512, RefuseLarge, RunAvx512},
    Row{"pool_f32_avx2", base::Isa::kAvx2, RefuseLarge, RunAvx2},
#elif defined(__aarch64__)
    Row{"pool_f32_neon", base::Isa::kNeon, RefuseLarge, RunNeon},
#endif
    Row{"pool_f32_reference", base::Isa::kScalar, NeverRefuse<Params>, RunReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::kernels::pool
