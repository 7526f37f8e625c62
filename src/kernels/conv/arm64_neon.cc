#include <arm_neon.h>

#include <type_traits>

#include "kernels/conv/conv.h"

namespace goldcrest::kernels::conv {
namespace {

#include "kernels/vec_neon.h"

#include "kernels/conv/conv-inl.h"

}  // namespace

void RunNeonTile6x16(const Params& params, const float* x, const float* packed, float* y,
                     const Block& block) noexcept {
  Tile<6, 2>::Run(params, x, packed, y, block);
}

void RunNeonTile8x8(const Params& params, const float* x, const float* packed, float* y,
                    const Block& block) noexcept {
  Tile<8, 1>::Run(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::conv
