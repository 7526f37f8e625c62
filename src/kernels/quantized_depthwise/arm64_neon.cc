#include <arm_neon.h>

#include "kernels/quantized_depthwise/quantized_depthwise.h"
#include "kernels/requantize_sums/requantize_sums.h"

namespace goldcrest::kernels::quantized_depthwise {
namespace {

#include "kernels/int_neon.h"

constexpr auto RequantizeSums = RequantizeSumsNeon;

// 16 bits by 16 to 32: exact.
struct Dot {
  using Weight = int16_t;
  using Vector = int16x8_t;
  static constexpr int64_t kGroup = 1;
  explicit Dot(const QuantizedLayer&) {}
  static Vector Weave(const int8_t* const (&x)[1]) { return vmovl_s8(vld1_s8(x[0])); }
  static Vector Weave(const uint8_t* const (&x)[1]) {
    return vreinterpretq_s16_u16(vmovl_u8(vld1_u8(x[0])));
  }
  static Vector Weave(const int16_t* const (&x)[1]) { return vld1q_s16(x[0]); }
  static Vector Load(const Weight* w) { return vld1q_s16(w); }
  static Int Add(Int sums, Vector a, Vector w) {
    return {vmlal_s16(sums.low, vget_low_s16(a), vget_low_s16(w)), vmlal_high_s16(sums.high, a, w)};
  }
};

#include "kernels/quantized_depthwise/quantized_depthwise-inl.h"

}  // namespace

void RunNeon(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
             int64_t first, int64_t last) noexcept {
  switch (params.layer.input) {
    case tensor::DType::kUInt8:
      return Run(params, x, packed, y, first, last, &Columns::Weave<uint8_t>);
    case tensor::DType::kInt16:
      return Run(params, x, packed, y, first, last, &Columns::Weave<int16_t>);
    default:
      return Run(params, x, packed, y, first, last, &Columns::Weave<int8_t>);
  }
}

}  // namespace goldcrest::kernels::quantized_depthwise
