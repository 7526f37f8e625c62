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

// 16 bits by 16 to 32, one of two elements after the other: exact.
struct Dot {
  using Element = int16_t;
  using Weight = int16_t;
  using Vector = int16x8x2_t;  // of weights: each element's
  static constexpr int64_t kGroup = 2;
  static constexpr int64_t kChunk = 16;
  static constexpr bool kOffsets = false;
  explicit Dot(const QuantizedLayer& layer)
      : mask(layer.input == tensor::DType::kUInt8 ? 0xFF : -1) {}
  Element From(int16_t x) const { return x; }
  Element From(std::byte x) const { return static_cast<Element>(static_cast<int8_t>(x) & mask); }
  void Gather(const int16_t* x, Element* to) const {
    vst1q_s16(to, vld1q_s16(x));
    vst1q_s16(to + 8, vld1q_s16(x + 8));
  }
  void Gather(const std::byte* x, Element* to) const {
    const int8x16_t bytes = vld1q_s8(reinterpret_cast<const int8_t*>(x));
    vst1q_s16(to, vandq_s16(vmovl_s8(vget_low_s8(bytes)), vdupq_n_s16(mask)));
    vst1q_s16(to + 8, vandq_s16(vmovl_high_s8(bytes), vdupq_n_s16(mask)));
  }
  static Vector Load(const Weight* w) { return vld2q_s16(w); }
  static int16x4_t Broadcast(const Element* a) {
    int32_t pair;
    __builtin_memcpy(&pair, a, sizeof(pair));
    return vreinterpret_s16_s32(vdup_n_s32(pair));
  }
  static Int Add(Int sums, int16x4_t a, const Vector& w) {
    const int32x4_t low = vmlal_lane_s16(sums.low, vget_low_s16(w.val[0]), a, 0);
    const int32x4_t high = vmlal_high_lane_s16(sums.high, w.val[0], a, 0);
    return {vmlal_lane_s16(low, vget_low_s16(w.val[1]), a, 1),
            vmlal_high_lane_s16(high, w.val[1], a, 1)};
  }
  static int32_t Offset(const Element*, int64_t) { return 0; }
  struct Joiner {
    Joiner(const Dot&, int64_t) {}
    static bool Takes(int64_t, int64_t) { return false; }
    void operator()(const void*, int64_t, Element*) const {}
  };
  static constexpr int32_t moved = 0;
  Element mask;  // of a byte with a sign: one without
};

#include "kernels/quantized_conv/quantized_conv-inl.h"

}  // namespace

void RunNeon(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
             const Block& block) noexcept {
  if (params.layer.input == tensor::DType::kInt16) {
    Tile<6>::Run<int16_t>(params, x, packed, y, block);
  } else {
    Tile<6>::Run<std::byte>(params, x, packed, y, block);
  }
}

}  // namespace goldcrest::kernels::quantized_conv
