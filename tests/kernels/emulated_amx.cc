// The rows of AMX, whose algorithm is the product's, over emulated tiles. Compiled for what they
// use beside of them.
#include <immintrin.h>

#include "kernels/emulations.h"
#include "kernels/requantize_sums/requantize_sums.h"

namespace goldcrest::kernels::conv {
namespace {

#include "kernels/emulated_tiles.h"

#include "kernels/conv/tiles-inl.h"

}  // namespace

void RunEmulatedAmx(const Params& params, const float* x, const float* packed, float* y,
                    const Block& block) noexcept {
  RunTiles(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::conv

namespace goldcrest::kernels::quantized_conv {
namespace {

#include "kernels/emulated_tiles.h"

#include "kernels/quantized_conv/tiles-inl.h"

}  // namespace

void RunEmulatedAmx(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                    const Block& block) noexcept {
  RunTiles(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::quantized_conv
