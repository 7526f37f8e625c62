#include <immintrin.h>

#include "roofline/loops.h"

namespace goldcrest::roofline {
namespace {

#include "roofline/loops-inl.h"

struct Floats {
  using Vector = __m512;
  static constexpr int64_t kMultiplyAdds = 16;
  static Vector MultiplyAdd(Vector sum, Vector a, Vector b) { return _mm512_fmadd_ps(a, b, sum); }
};

struct Integers {
  using Vector = __m512i;
  static constexpr int64_t kMultiplyAdds = 32;
  static Vector MultiplyAdd(Vector sum, Vector a, Vector b) {
    return _mm512_add_epi32(sum, _mm512_madd_epi16(a, b));
  }
};

}  // namespace

constinit const Loops kAvx512Loops = MakeLoops<Floats, Integers>(base::Isa::kAvx512);

}  // namespace goldcrest::roofline
