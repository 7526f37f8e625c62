#include <immintrin.h>

#include "kernels/conv/conv.h"

namespace goldcrest::kernels::conv {
namespace {

#include "kernels/tiles_amx.h"

#include "kernels/conv/tiles-inl.h"

}  // namespace

void RunAmx(const Params& params, const float* x, const float* packed, float* y,
            const Block& block) noexcept {
  RunTiles(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::conv
