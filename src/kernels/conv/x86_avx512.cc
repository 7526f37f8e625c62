#include <immintrin.h>

#include <type_traits>

#include "kernels/conv/conv.h"

namespace goldcrest::kernels::conv {
namespace {

#include "kernels/vec_avx512.h"

#include "kernels/conv/conv-inl.h"

}  // namespace

void RunAvx512Tile8x32(const Params& params, const float* x, const float* packed, float* y,
                       const Block& block) noexcept {
  Tile<8, 2, HalfVec>::Run(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::conv
