#include <immintrin.h>

#include "kernels/quantized_binary/quantized_binary.h"
#include "kernels/quantized_layer.h"

namespace goldcrest::kernels::quantized_binary {
namespace {

#include "kernels/int_avx512.h"

#include "kernels/bytes-inl.h"

#include "kernels/pack_bytes_avx512.h"

#include "kernels/requantize-inl.h"

#include "kernels/quantized_binary/quantized_binary-inl.h"

}  // namespace

void RunAvx512(const Params& params, const std::byte* a, const std::byte* b, std::byte* y,
               int64_t first, int64_t last) noexcept {
  Run(params, a, b, y, first, last);
}

}  // namespace goldcrest::kernels::quantized_binary
