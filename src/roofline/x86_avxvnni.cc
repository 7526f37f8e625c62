#include <immintrin.h>

#include "roofline/loops.h"

namespace goldcrest::roofline {
namespace {

#include "roofline/loops-inl.h"

struct Floats {
  using Vector = __m256;
  static constexpr int64_t kMultiplyAdds = 8;
  static Vector MultiplyAdd(Vector sum, Vector a, Vector b) { return _mm256_fmadd_ps(a, b, sum); }
};

struct Integers {
  using Vector = __m256i;
  static constexpr int64_t kMultiplyAdds = 32;
  static Vector MultiplyAdd(Vector sum, Vector a, Vector b) {
    return _mm256_dpbusd_avx_epi32(sum, a, b);
  }
};

}  // namespace

constinit const Loops kAvxVnniLoops = MakeLoops<Floats, Integers>(base::Isa::kAvxVnni);

}  // namespace goldcrest::roofline
