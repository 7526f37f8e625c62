#include <immintrin.h>

#include "kernels/quantized_conv/quantized_conv.h"
#include "kernels/requantize_sums/requantize_sums.h"

namespace goldcrest::kernels::quantized_conv {
namespace {

#include "kernels/int_avx512.h"

#include "kernels/pack_bytes_avx512.h"

#include "kernels/requantize_bytes-inl.h"

constexpr auto RequantizeSums = RequantizeSumsAvx512;

#include "kernels/quantized_conv/bytes_dot.h"

#include "kernels/quantized_conv/dot_avx512vnni.h"

#include "kernels/quantized_conv/quantized_conv-inl.h"

}  // namespace

void RunAvx512Vnni(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                   const Block& block) noexcept {
  Tile<14>::Run<std::byte>(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::quantized_conv
