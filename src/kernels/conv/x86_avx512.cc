#include <immintrin.h>

#include <type_traits>

#include "kernels/conv/conv.h"

namespace goldcrest::kernels::conv {
namespace {

#include "kernels/vec_avx512.h"

#include "kernels/conv/conv-inl.h"

}  // namespace

void RunAvx512Tile14x32(const Params& params, const float* x, const float* packed, float* y,
                        const Block& block) noexcept {
  Tile<7, 2, HalfVec, Floats, true>::Run(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::conv
