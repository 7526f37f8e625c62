// Sixteen floats in a register. For files compiled for AVX-512 only, inside their anonymous
// namespace: nothing here may be shared with other files.

struct Vec {
  static constexpr int kLanes = 16;
  __m512 v;

  static Vec Load(const float* p) { return {_mm512_loadu_ps(p)}; }
  static Vec Broadcast(float x) { return {_mm512_set1_ps(x)}; }
  // The first `count` of sixteen; the others are zero and not read.
  static Vec LoadPartial(const float* p, int64_t count) {
    return {_mm512_maskz_loadu_ps(Mask(count), p)};
  }
  void Store(float* p) const { _mm512_storeu_ps(p, v); }
  void StorePartial(float* p, int64_t count) const { _mm512_mask_storeu_ps(p, Mask(count), v); }

  // a · b + this
  Vec MulAdd(Vec a, Vec b) const { return {_mm512_fmadd_ps(a.v, b.v, v)}; }
  Vec operator+(Vec b) const { return {_mm512_add_ps(v, b.v)}; }
  Vec operator-(Vec b) const { return {_mm512_sub_ps(v, b.v)}; }
  Vec operator*(Vec b) const { return {_mm512_mul_ps(v, b.v)}; }
  Vec operator/(Vec b) const { return {_mm512_div_ps(v, b.v)}; }
  // The larger; this where b is a NaN.
  Vec Max(Vec b) const { return {_mm512_max_ps(b.v, v)}; }
  // The smaller; this where b is a NaN.
  Vec Min(Vec b) const { return {_mm512_min_ps(b.v, v)}; }
  // The size of this with the sign of b.
  Vec WithSignOf(Vec b) const {
    const __m512 sign = _mm512_set1_ps(-0.0F);
    return {_mm512_or_ps(_mm512_andnot_ps(sign, v), _mm512_and_ps(sign, b.v))};
  }
  // In each lane: a < b ? yes : no.
  static Vec IfLess(Vec a, Vec b, Vec yes, Vec no) {
    return {_mm512_mask_blend_ps(_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ), no.v, yes.v)};
  }
  // To the nearest integer, half to even.
  Vec Round() const {
    return {_mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
  }
  // this · 2^n for whole n in [-150, 150].
  Vec TimesPowerOfTwo(Vec n) const { return {_mm512_scalef_ps(v, n.v)}; }
  // A NaN passes: the instructions return their second operand where one is.
  Vec ClampTo(Vec low, Vec high) const { return {_mm512_min_ps(high.v, _mm512_max_ps(low.v, v))}; }

  // Lane i is lane lanes[i] of this.
  struct Lanes {
    __m512i v;
  };
  static Lanes LoadLanes(const int32_t* lanes) { return {_mm512_loadu_si512(lanes)}; }
  Vec Select(Lanes lanes) const { return {_mm512_permutexvar_ps(lanes.v, v)}; }

  static __mmask16 Mask(int64_t count) {
    return static_cast<__mmask16>((1U << static_cast<unsigned>(count)) - 1);
  }
};

// Eight floats, for what is too narrow for sixteen.
struct HalfVec {
  static constexpr int kLanes = 8;
  __m256 v;

  static HalfVec Load(const float* p) { return {_mm256_loadu_ps(p)}; }
  static HalfVec Broadcast(float x) { return {_mm256_set1_ps(x)}; }
  static HalfVec LoadPartial(const float* p, int64_t count) {
    return {_mm256_maskz_loadu_ps(Mask(count), p)};
  }
  void Store(float* p) const { _mm256_storeu_ps(p, v); }
  void StorePartial(float* p, int64_t count) const { _mm256_mask_storeu_ps(p, Mask(count), v); }
  HalfVec MulAdd(HalfVec a, HalfVec b) const { return {_mm256_fmadd_ps(a.v, b.v, v)}; }
  HalfVec operator+(HalfVec b) const { return {_mm256_add_ps(v, b.v)}; }
  HalfVec ClampTo(HalfVec low, HalfVec high) const {
    return {_mm256_min_ps(high.v, _mm256_max_ps(low.v, v))};
  }

  static __mmask8 Mask(int64_t count) {
    return static_cast<__mmask8>((1U << static_cast<unsigned>(count)) - 1);
  }
};
