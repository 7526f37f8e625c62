#include <array>

#include "kernels/binary/binary.h"

namespace goldcrest::kernels::binary {
namespace {

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"binary_f32_avx512", base::Isa::kAvx512, NeverRefuse<Params>, RunAvx512},
    Row{"binary_f32_avx2", base::Isa::kAvx2, NeverRefuse<Params>, RunAvx2},
#elif defined(__aarch64__)
    Row{"binary_f32_neon", base::Isa::kNeon, NeverRefuse<Params>, RunNeon},
#endif
    Row{"binary_f32_reference", base::Isa::kScalar, NeverRefuse<Params>, RunReference},
};

}  // namespace

Params Broadcast(Operator op, std::span<const int64_t> a, std::span<const int64_t> b, Clamp clamp) {
  Params params{.op = op, .clamp = clamp};
  int d = kMostDimensions;  // the last one filled
  int64_t step = 1;         // in b, of the dimension at hand
  for (size_t i = 1; i <= a.size(); ++i) {
    const int64_t size = a[a.size() - i];
    const int64_t b_size = i <= b.size() ? b[b.size() - i] : 1;
    const int64_t stride = b_size == 1 ? 0 : step;
    step *= b_size;
    if (size == 1) continue;
    const bool even = d < kMostDimensions && stride == params.b_stride[d] * params.shape[d];
    if (even) {
      params.shape[d] *= size;
    } else {
      --d;
      params.shape[d] = size;
      params.b_stride[d] = stride;
    }
  }
  return params;
}

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Params& params, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), params, isa);
}

}  // namespace goldcrest::kernels::binary
