// Sixteen int32 in a register. For files compiled for AVX-512 only, inside their anonymous
// namespace: nothing here may be shared with other files.

struct Int {
  static constexpr int64_t kLanes = 16;
  __m512i v;

  static Int Load(const int32_t* p) { return {_mm512_loadu_si512(p)}; }
  // A byte with a sign in each lane.
  static Int LoadBytes(const std::byte* p) {
    return {_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)))};
  }
  // The first `count` of them, fewer than all; the others are zero.
  static Int LoadFewBytes(const std::byte* p, int64_t count) {
    return {_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(Mask(count), p))};
  }
  void Store(int32_t* p) const { _mm512_storeu_si512(p, v); }
  static Int Broadcast(int32_t x) { return {_mm512_set1_epi32(x)}; }
  Int operator+(Int b) const { return {_mm512_add_epi32(v, b.v)}; }
  Int operator-(Int b) const { return {_mm512_sub_epi32(v, b.v)}; }
  Int operator*(Int b) const { return {_mm512_mullo_epi32(v, b.v)}; }
  Int operator&(Int b) const { return {_mm512_and_si512(v, b.v)}; }
  Int Min(Int b) const { return {_mm512_min_epi32(v, b.v)}; }
  Int Max(Int b) const { return {_mm512_max_epi32(v, b.v)}; }
  Int ShiftLeft(Int count) const { return {_mm512_sllv_epi32(v, count.v)}; }
  Int ShiftRight(Int count) const { return {_mm512_srav_epi32(v, count.v)}; }
  // -1 where a > b, else 0.
  static Int IfGreater(Int a, Int b) {
    return {_mm512_movm_epi32(_mm512_cmpgt_epi32_mask(a.v, b.v))};
  }

  // this · scale in float32 (whose bits the lanes of `scale` hold), clamped, to the nearest
  // integer, half to even.
  Int Times(Int scale, Int low, Int high) const {
    __m512 x = _mm512_mul_ps(_mm512_cvtepi32_ps(v), _mm512_castsi512_ps(scale.v));
    x = _mm512_max_ps(x, _mm512_cvtepi32_ps(low.v));
    return {_mm512_cvtps_epi32(_mm512_min_ps(x, _mm512_cvtepi32_ps(high.v)))};
  }

  // The same without clamping, for products that fit.
  Int Times(Int scale) const {
    return {_mm512_cvtps_epi32(_mm512_mul_ps(_mm512_cvtepi32_ps(v), _mm512_castsi512_ps(scale.v)))};
  }

  // this · scale + shift in float32, each rounded, and then the same.
  Int TimesPlus(Int scale, Int shift, Int low, Int high) const {
    __m512 x = _mm512_mul_ps(_mm512_cvtepi32_ps(v), _mm512_castsi512_ps(scale.v));
    x = _mm512_add_ps(x, _mm512_castsi512_ps(shift.v));
    x = _mm512_max_ps(x, _mm512_cvtepi32_ps(low.v));
    return {_mm512_cvtps_epi32(_mm512_min_ps(x, _mm512_cvtepi32_ps(high.v)))};
  }

  // Lanes that hold the bits of float32: x, and this · b.
  static Int BroadcastReal(float x) { return {_mm512_castps_si512(_mm512_set1_ps(x))}; }
  Int TimesReal(Int b) const {
    return {_mm512_castps_si512(_mm512_mul_ps(_mm512_castsi512_ps(v), _mm512_castsi512_ps(b.v)))};
  }
  // this · first · second + bias in float32, each rounded, clamped to its bits; a NaN passes.
  Int ToReal(Int first, Int second, Int bias, Int low, Int high) const {
    __m512 x = _mm512_mul_ps(_mm512_cvtepi32_ps(v), _mm512_castsi512_ps(first.v));
    x = _mm512_add_ps(_mm512_mul_ps(x, _mm512_castsi512_ps(second.v)), _mm512_castsi512_ps(bias.v));
    x = _mm512_max_ps(_mm512_castsi512_ps(low.v), x);
    return {_mm512_castps_si512(_mm512_min_ps(_mm512_castsi512_ps(high.v), x))};
  }

  // this / b towards zero, by way of float32: exact for sizes below 2^24.
  Int Quotient(Int b) const {
    return {_mm512_cvttps_epi32(_mm512_div_ps(_mm512_cvtepi32_ps(v), _mm512_cvtepi32_ps(b.v)))};
  }

  // this · b / 2^31 to nearest, half up.
  Int MultiplyHigh(Int b) const {
    const __m512i half = _mm512_set1_epi64(int64_t{1} << 30);
    const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(v, b.v), half);
    const __m512i odd = _mm512_add_epi64(
        _mm512_mul_epi32(_mm512_srli_epi64(v, 32), _mm512_srli_epi64(b.v, 32)), half);
    return Woven(_mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
  }

  // this · b / 2^count to nearest, half up, in 64 bits; count in [1, 62].
  Int MultiplySingle(Int b, Int count) const {
    const __m512i odd = _mm512_mul_epi32(_mm512_srli_epi64(v, 32), _mm512_srli_epi64(b.v, 32));
    const __m512i even_count = _mm512_and_si512(count.v, _mm512_set1_epi64(63));
    const __m512i odd_count = _mm512_srli_epi64(count.v, 32);
    return Woven(Rounded(_mm512_mul_epi32(v, b.v), even_count),
                 _mm512_slli_epi64(Rounded(odd, odd_count), 32));
  }

  // Floats brought to the nearest integers: divided, halves away from zero; or times 1 / scale,
  // halves to even. A NaN becomes the lowest.
  class Rounder {
   public:
    Rounder(float scale, bool ties_to_even, Int low, Int high)
        : scale_(_mm512_set1_ps(ties_to_even ? 1 / scale : scale)),
          low_(_mm512_cvtepi32_ps(low.v)),
          high_(_mm512_cvtepi32_ps(high.v)),
          ties_to_even_(ties_to_even) {}
    Int operator()(const float* p) const {
      __m512 x = _mm512_loadu_ps(p);
      if (ties_to_even_) return Clamped(_mm512_mul_ps(x, scale_));
      x = _mm512_div_ps(x, scale_);
      const __m512 whole = _mm512_roundscale_ps(x, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
      const __mmask16 up = _mm512_cmp_ps_mask(_mm512_abs_ps(_mm512_sub_ps(x, whole)),
                                              _mm512_set1_ps(0.5F), _CMP_GE_OQ);
      const __m512 one = _mm512_or_ps(_mm512_and_ps(x, _mm512_set1_ps(-0.0F)), _mm512_set1_ps(1));
      return Clamped(_mm512_mask_add_ps(whole, up, whole, one));
    }

   private:
    Int Clamped(__m512 x) const {
      return {_mm512_cvtps_epi32(_mm512_min_ps(_mm512_max_ps(x, low_), high_))};
    }
    __m512 scale_, low_, high_;
    bool ties_to_even_;
  };

  // The lowest byte of each lane.
  void StoreBytes(std::byte* p) const {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(v));
  }

  // The same of the first `count` lanes, fewer than all.
  void StoreFewBytes(std::byte* p, int64_t count) const {
    _mm_mask_storeu_epi8(p, Mask(count), _mm512_cvtepi32_epi8(v));
  }

  // The same of int16, for lanes in its range.
  void StoreShorts(std::byte* p) const {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(v));
  }

 private:
  static __mmask16 Mask(int64_t count) {
    return static_cast<__mmask16>((1U << static_cast<unsigned>(count)) - 1);
  }
  // Even lanes of one, odd lanes of the other.
  static Int Woven(__m512i even, __m512i odd) {
    return {_mm512_mask_blend_epi32(0xAAAA, even, odd)};
  }
  static __m512i Rounded(__m512i x, __m512i count) {
    const __m512i one = _mm512_set1_epi64(1);
    const __m512i half = _mm512_sllv_epi64(one, _mm512_sub_epi64(count, one));
    return _mm512_srav_epi64(_mm512_add_epi64(x, half), count);
  }
};
