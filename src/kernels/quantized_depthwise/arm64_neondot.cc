#include <arm_neon.h>

#include "kernels/quantized_depthwise/quantized_depthwise.h"
#include "kernels/requantize_sums/requantize_sums.h"

namespace goldcrest::kernels::quantized_depthwise {
namespace {

#include "kernels/int_neon.h"

constexpr auto RequantizeSums = RequantizeSumsNeon;

// Four bytes of a channel, of different rows, with a sign: uint8 less 128.
struct Dot {
  using Weight = int8_t;
  using Vector = int8x16x2_t;  // of the lower and of the upper lanes
  static constexpr int64_t kGroup = 4;
  explicit Dot(const QuantizedLayer&) {}
  static Vector Weave(const int8_t* const (&x)[4]) {
    return Woven(vcombine_s8(vld1_s8(x[0]), vld1_s8(x[2])),
                 vcombine_s8(vld1_s8(x[1]), vld1_s8(x[3])));
  }
  static Vector Weave(const uint8_t* const (&x)[4]) {
    const uint8x16_t sign = vdupq_n_u8(0x80);
    const uint8x16_t even = veorq_u8(vcombine_u8(vld1_u8(x[0]), vld1_u8(x[2])), sign);
    const uint8x16_t odd = veorq_u8(vcombine_u8(vld1_u8(x[1]), vld1_u8(x[3])), sign);
    return Woven(vreinterpretq_s8_u8(even), vreinterpretq_s8_u8(odd));
  }
  static Vector Load(const Weight* w) { return {{vld1q_s8(w), vld1q_s8(w + 16)}}; }
  static Int Add(Int sums, const Vector& a, const Vector& w) {
    return {vdotq_s32(sums.low, a.val[0], w.val[0]), vdotq_s32(sums.high, a.val[1], w.val[1])};
  }

 private:
  // Of rows 0 and 2, and of rows 1 and 3.
  static Vector Woven(int8x16_t even, int8x16_t odd) {
    const int16x8_t first = vreinterpretq_s16_s8(vzip1q_s8(even, odd));
    const int16x8_t second = vreinterpretq_s16_s8(vzip2q_s8(even, odd));
    return {{vreinterpretq_s8_s16(vzip1q_s16(first, second)),
             vreinterpretq_s8_s16(vzip2q_s16(first, second))}};
  }
};

#include "kernels/quantized_depthwise/quantized_depthwise-inl.h"

}  // namespace

void RunNeonDot(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                int64_t first, int64_t last) noexcept {
  const bool bytes = params.layer.input == tensor::DType::kUInt8;
  Run(params, x, packed, y, first, last,
      bytes ? &Columns::Weave<uint8_t> : &Columns::Weave<int8_t>);
}

}  // namespace goldcrest::kernels::quantized_depthwise
