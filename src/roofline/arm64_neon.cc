#include <arm_neon.h>

#include "roofline/loops.h"

namespace goldcrest::roofline {
namespace {

#include "roofline/loops-inl.h"

struct Floats {
  using Vector = float32x4_t;
  static constexpr int64_t kMultiplyAdds = 4;
  static Vector MultiplyAdd(Vector sum, Vector a, Vector b) { return vfmaq_f32(sum, a, b); }
};

struct Integers {
  using Vector = int16x8_t;
  static constexpr int64_t kMultiplyAdds = 4;
  static Vector MultiplyAdd(Vector sum, Vector a, Vector b) {
    return vreinterpretq_s16_s32(
        vmlal_s16(vreinterpretq_s32_s16(sum), vget_low_s16(a), vget_low_s16(b)));
  }
};

}  // namespace

constinit const Loops kNeonLoops = MakeLoops<Floats, Integers>(base::Isa::kNeon);

}  // namespace goldcrest::roofline
