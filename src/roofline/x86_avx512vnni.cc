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
  static constexpr int64_t kMultiplyAdds = 64;
  static Vector MultiplyAdd(Vector sum, Vector a, Vector b) {
    return _mm512_dpbusd_epi32(sum, a, b);
  }
};

}  // namespace

constinit const Loops kAvx512VnniLoops = MakeLoops<Floats, Integers>(base::Isa::kAvx512Vnni);

}  // namespace goldcrest::roofline
