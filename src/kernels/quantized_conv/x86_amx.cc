#include <immintrin.h>

#include "kernels/quantized_conv/quantized_conv.h"
#include "kernels/requantize_sums/requantize_sums.h"

namespace goldcrest::kernels::quantized_conv {
namespace {

#include "kernels/tiles_amx.h"

#include "kernels/quantized_conv/tiles-inl.h"

}  // namespace

void RunAmx(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
            const Block& block) noexcept {
  RunTiles(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::quantized_conv
