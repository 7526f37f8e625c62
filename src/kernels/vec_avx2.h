// Eight floats in a register. For files compiled for AVX2 and FMA only, inside their anonymous
// namespace: nothing here may be shared with other files.

struct Vec {
  static constexpr int kLanes = 8;
  __m256 v;

  static Vec Load(const float* p) { return {_mm256_loadu_ps(p)}; }
  static Vec Broadcast(float x) { return {_mm256_set1_ps(x)}; }
  // The first `count` of eight; the others are zero and not read.
  static Vec LoadPartial(const float* p, int64_t count) {
    return {_mm256_maskload_ps(p, Mask(count))};
  }
  void Store(float* p) const { _mm256_storeu_ps(p, v); }
  void StorePartial(float* p, int64_t count) const { _mm256_maskstore_ps(p, Mask(count), v); }

  // a · b + this
  Vec MulAdd(Vec a, Vec b) const { return {_mm256_fmadd_ps(a.v, b.v, v)}; }
  Vec operator+(Vec b) const { return {_mm256_add_ps(v, b.v)}; }
  Vec operator-(Vec b) const { return {_mm256_sub_ps(v, b.v)}; }
  Vec operator*(Vec b) const { return {_mm256_mul_ps(v, b.v)}; }
  Vec operator/(Vec b) const { return {_mm256_div_ps(v, b.v)}; }
  // The larger; this where b is a NaN.
  Vec Max(Vec b) const { return {_mm256_max_ps(b.v, v)}; }
  // The smaller; this where b is a NaN.
  Vec Min(Vec b) const { return {_mm256_min_ps(b.v, v)}; }
  // The size of this with the sign of b.
  Vec WithSignOf(Vec b) const {
    const __m256 sign = _mm256_set1_ps(-0.0F);
    return {_mm256_or_ps(_mm256_andnot_ps(sign, v), _mm256_and_ps(sign, b.v))};
  }
  // In each lane: a < b ? yes : no.
  static Vec IfLess(Vec a, Vec b, Vec yes, Vec no) {
    return {_mm256_blendv_ps(no.v, yes.v, _mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ))};
  }
  // To the nearest integer, half to even.
  Vec Round() const { return {_mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
  // this · 2^n for whole n in [-150, 150], in two steps: 2^n may be no normal number.
  Vec TimesPowerOfTwo(Vec n) const {
    const __m256i whole = _mm256_cvtps_epi32(n.v);
    const __m256i half = _mm256_srai_epi32(whole, 1);
    return {_mm256_mul_ps(_mm256_mul_ps(v, PowerOfTwo(half)),
                          PowerOfTwo(_mm256_sub_epi32(whole, half)))};
  }
  // A NaN passes: the instructions return their second operand where one is.
  Vec ClampTo(Vec low, Vec high) const { return {_mm256_min_ps(high.v, _mm256_max_ps(low.v, v))}; }

  // Lane i is lane lanes[i] of this.
  struct Lanes {
    __m256i v;
  };
  static Lanes LoadLanes(const int32_t* lanes) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(lanes))};
  }
  Vec Select(Lanes lanes) const { return {_mm256_permutevar8x32_ps(v, lanes.v)}; }

  static __m256 PowerOfTwo(__m256i n) {
    const __m256i exponent = _mm256_add_epi32(n, _mm256_set1_epi32(127));
    return _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23));
  }
  static __m256i Mask(int64_t count) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), lanes);
  }
};
