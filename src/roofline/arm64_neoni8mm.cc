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
  using Vector = int8x16_t;
  static constexpr int64_t kMultiplyAdds = 32;
  static Vector MultiplyAdd(Vector sum, Vector a, Vector b) {
    return vreinterpretq_s8_s32(vmmlaq_s32(vreinterpretq_s32_s8(sum), a, b));
  }
};

}  // namespace

constinit const Loops kNeonI8mmLoops = MakeLoops<Floats, Integers>(base::Isa::kNeonI8mm);

}  // namespace goldcrest::roofline
