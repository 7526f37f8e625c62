#include <arm_neon.h>

#include "kernels/quantized_conv/quantized_conv.h"
#include "kernels/requantize_sums/requantize_sums.h"

namespace goldcrest::kernels::quantized_conv {
namespace {

#include "kernels/int_neon.h"

#include "kernels/bytes-inl.h"

#include "kernels/pack_bytes_neon.h"

#include "kernels/requantize_bytes-inl.h"

constexpr auto RequantizeSums = RequantizeSumsNeon;

#include "kernels/quantized_conv/dot_neon.h"

// Four elements at once.
struct Dot : BytesDot {
  using BytesDot::BytesDot;
  using Vector = int8x16x2_t;  // of weights: of the lower and of the upper lanes
  static constexpr int64_t kGroup = 4;
  static Vector Load(const Weight* w) { return {{vld1q_s8(w), vld1q_s8(w + 16)}}; }
  static int8x16_t Broadcast(const Element* a) {
    int32_t four;
    __builtin_memcpy(&four, a, sizeof(four));
    return vreinterpretq_s8_s32(vdupq_n_s32(four));
  }
  static Int Add(Int sums, int8x16_t a, const Vector& w) {
    return {vdotq_s32(sums.low, w.val[0], a), vdotq_s32(sums.high, w.val[1], a)};
  }
};

#include "kernels/quantized_conv/quantized_conv-inl.h"

}  // namespace

void RunNeonDot(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                const Block& block) noexcept {
  Tile<6>::Run<std::byte>(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::quantized_conv
