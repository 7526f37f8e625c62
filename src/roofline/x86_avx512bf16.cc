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

struct Bfloats : Floats {
  static constexpr int64_t kMultiplyAdds = 32;
  static Vector MultiplyAdd(Vector sum, Vector a, Vector b) {
    return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
  }
};

struct Integers {
  using Vector = __m512i;
  static constexpr int64_t kMultiplyAdds = 64;
  static Vector MultiplyAdd(Vector sum, Vector a, Vector b) {
    return _mm512_dpbusd_epi32(sum, a, b);
  }
};

}  // namespace

constinit const Loops kAvx512Bf16Loops =
    MakeLoops<Floats, Integers, Bfloats>(base::Isa::kAvx512Bf16);

}  // namespace goldcrest::roofline
