#include <array>

#include "kernels/binary/binary.h"

namespace goldcrest::kernels::binary {
namespace {

std::string_view Refuse(const Params& params) {
  return params.op > Operator::kMul ? "an operator that only the reference has" : "";
}

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"binary_f32_avx512", base::Isa::kAvx512, Refuse, RunAvx512},
    Row{"binary_f32_avx2", base::Isa::kAvx2, Refuse, RunAvx2},
#elif defined(__aarch64__)
    Row{"binary_f32_neon", base::Isa::kNeon, Refuse, RunNeon},
#endif
    Row{"binary_f32_reference", base::Isa::kScalar, NeverRefuse<Params>, RunReference},
};

}  // namespace

Params Broadcast(Operator op, std::span<const int64_t> a, std::span<const int64_t> b, Clamp clamp) {
  Params params;
  static_cast<kernels::Broadcast&>(params) = kernels::Broadcast::Over(a, b);
  params.op = op;
  params.clamp = clamp;
  return params;
}

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::kernels::binary
