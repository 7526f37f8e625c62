// Eight int32 in a register. For files compiled for AVX2 only, inside their anonymous namespace:
// nothing here may be shared with other files.

struct Int {
  static constexpr int64_t kLanes = 8;
  __m256i v;

  static Int Load(const int32_t* p) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))};
  }
  // A byte with a sign in each lane.
  static Int LoadBytes(const std::byte* p) {
    return {_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)))};
  }
  // The first `count` of them, fewer than all; the others are zero.
  static Int LoadFewBytes(const std::byte* p, int64_t count) {
    uint64_t bytes = 0;
    for (int64_t i = 0; i < count; ++i) bytes |= static_cast<uint64_t>(p[i]) << (8 * i);
    return {_mm256_cvtepi8_epi32(_mm_cvtsi64_si128(static_cast<int64_t>(bytes)))};
  }
  void Store(int32_t* p) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  static Int Broadcast(int32_t x) { return {_mm256_set1_epi32(x)}; }
  Int operator+(Int b) const { return {_mm256_add_epi32(v, b.v)}; }
  Int operator-(Int b) const { return {_mm256_sub_epi32(v, b.v)}; }
  Int operator*(Int b) const { return {_mm256_mullo_epi32(v, b.v)}; }
  Int operator&(Int b) const { return {_mm256_and_si256(v, b.v)}; }
  Int Min(Int b) const { return {_mm256_min_epi32(v, b.v)}; }
  Int Max(Int b) const { return {_mm256_max_epi32(v, b.v)}; }
  Int ShiftLeft(Int count) const { return {_mm256_sllv_epi32(v, count.v)}; }
  Int ShiftRight(Int count) const { return {_mm256_srav_epi32(v, count.v)}; }
  // -1 where a > b, else 0.
  static Int IfGreater(Int a, Int b) { return {_mm256_cmpgt_epi32(a.v, b.v)}; }

  // this · scale in float32 (whose bits the lanes of `scale` hold), clamped, to the nearest
  // integer, half to even.
  Int Times(Int scale, Int low, Int high) const {
    __m256 x = _mm256_mul_ps(_mm256_cvtepi32_ps(v), _mm256_castsi256_ps(scale.v));
    x = _mm256_max_ps(x, _mm256_cvtepi32_ps(low.v));
    return {_mm256_cvtps_epi32(_mm256_min_ps(x, _mm256_cvtepi32_ps(high.v)))};
  }

  // The same without clamping, for products that fit.
  Int Times(Int scale) const {
    return {_mm256_cvtps_epi32(_mm256_mul_ps(_mm256_cvtepi32_ps(v), _mm256_castsi256_ps(scale.v)))};
  }

  // this · scale + shift in float32, each rounded, and then the same.
  Int TimesPlus(Int scale, Int shift, Int low, Int high) const {
    __m256 x = _mm256_mul_ps(_mm256_cvtepi32_ps(v), _mm256_castsi256_ps(scale.v));
    x = _mm256_add_ps(x, _mm256_castsi256_ps(shift.v));
    x = _mm256_max_ps(x, _mm256_cvtepi32_ps(low.v));
    return {_mm256_cvtps_epi32(_mm256_min_ps(x, _mm256_cvtepi32_ps(high.v)))};
  }

  // Lanes that hold the bits of float32: x, and this · b.
  static Int BroadcastReal(float x) { return {_mm256_castps_si256(_mm256_set1_ps(x))}; }
  Int TimesReal(Int b) const {
    return {_mm256_castps_si256(_mm256_mul_ps(_mm256_castsi256_ps(v), _mm256_castsi256_ps(b.v)))};
  }
  // this · first · second + bias in float32, each rounded, clamped to its bits; a NaN passes.
  Int ToReal(Int first, Int second, Int bias, Int low, Int high) const {
    __m256 x = _mm256_mul_ps(_mm256_cvtepi32_ps(v), _mm256_castsi256_ps(first.v));
    x = _mm256_add_ps(_mm256_mul_ps(x, _mm256_castsi256_ps(second.v)), _mm256_castsi256_ps(bias.v));
    x = _mm256_max_ps(_mm256_castsi256_ps(low.v), x);
    return {_mm256_castps_si256(_mm256_min_ps(_mm256_castsi256_ps(high.v), x))};
  }

  // this / b towards zero, by way of float32: exact for sizes below 2^24.
  Int Quotient(Int b) const {
    return {_mm256_cvttps_epi32(_mm256_div_ps(_mm256_cvtepi32_ps(v), _mm256_cvtepi32_ps(b.v)))};
  }

  // this · b / 2^31 to nearest, half up.
  Int MultiplyHigh(Int b) const {
    const __m256i half = _mm256_set1_epi64x(int64_t{1} << 30);
    const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(v, b.v), half);
    const __m256i odd = _mm256_add_epi64(
        _mm256_mul_epi32(_mm256_srli_epi64(v, 32), _mm256_srli_epi64(b.v, 32)), half);
    return Woven(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1));
  }

  // this · b / 2^count to nearest, half up, in 64 bits; count in [1, 62].
  Int MultiplySingle(Int b, Int count) const {
    const __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(v, 32), _mm256_srli_epi64(b.v, 32));
    const __m256i even_count = _mm256_and_si256(count.v, _mm256_set1_epi64x(63));
    const __m256i odd_count = _mm256_srli_epi64(count.v, 32);
    return Woven(Rounded(_mm256_mul_epi32(v, b.v), even_count),
                 _mm256_slli_epi64(Rounded(odd, odd_count), 32));
  }

  // Floats brought to the nearest integers: divided, halves away from zero; or times 1 / scale,
  // halves to even. A NaN becomes the lowest.
  class Rounder {
   public:
    Rounder(float scale, bool ties_to_even, Int low, Int high)
        : scale_(_mm256_set1_ps(ties_to_even ? 1 / scale : scale)),
          low_(_mm256_cvtepi32_ps(low.v)),
          high_(_mm256_cvtepi32_ps(high.v)),
          ties_to_even_(ties_to_even) {}
    Int operator()(const float* p) const {
      __m256 x = _mm256_loadu_ps(p);
      if (ties_to_even_) return Clamped(_mm256_mul_ps(x, scale_));
      x = _mm256_div_ps(x, scale_);
      const __m256 sign = _mm256_set1_ps(-0.0F);
      const __m256 whole = _mm256_round_ps(x, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
      const __m256 up = _mm256_cmp_ps(_mm256_andnot_ps(sign, _mm256_sub_ps(x, whole)),
                                      _mm256_set1_ps(0.5F), _CMP_GE_OQ);
      const __m256 one = _mm256_or_ps(_mm256_and_ps(x, sign), _mm256_set1_ps(1));
      return Clamped(_mm256_add_ps(whole, _mm256_and_ps(up, one)));
    }

   private:
    Int Clamped(__m256 x) const {
      return {_mm256_cvtps_epi32(_mm256_min_ps(_mm256_max_ps(x, low_), high_))};
    }
    __m256 scale_, low_, high_;
    bool ties_to_even_;
  };

  // The lowest byte of each lane.
  void StoreBytes(std::byte* p) const {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), LowestBytes());
  }

  // The same of the first `count` lanes, fewer than all.
  void StoreFewBytes(std::byte* p, int64_t count) const {
    const int64_t bytes = _mm_cvtsi128_si64(LowestBytes());
    for (int64_t i = 0; i < count; ++i) p[i] = static_cast<std::byte>(bytes >> (8 * i));
  }

  // The same of int16, for lanes in its range.
  void StoreShorts(std::byte* p) const {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
                     _mm_packs_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1)));
  }

 private:
  __m128i LowestBytes() const {
    const __m256i lowest =
        _mm256_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 4, 8, 12,
                         -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    const __m256i bytes = _mm256_shuffle_epi8(v, lowest);
    return _mm_unpacklo_epi32(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1));
  }
  // Even lanes of one, odd lanes of the other.
  static Int Woven(__m256i even, __m256i odd) { return {_mm256_blend_epi32(even, odd, 0xAA)}; }
  static __m256i Rounded(__m256i x, __m256i count) {
    const __m256i one = _mm256_set1_epi64x(1);
    const __m256i half = _mm256_sllv_epi64(one, _mm256_sub_epi64(count, one));
    // There is no arithmetic shift of 64 bits: moved to where there is no sign, and back.
    const __m256i sign = _mm256_set1_epi64x(INT64_MIN);
    const __m256i moved = _mm256_xor_si256(_mm256_add_epi64(x, half), sign);
    return _mm256_sub_epi64(_mm256_srlv_epi64(moved, count), _mm256_srlv_epi64(sign, count));
  }
};
