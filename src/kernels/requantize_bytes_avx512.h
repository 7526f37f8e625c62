// Sums in registers brought to the result's scale as bytes. For files compiled for AVX-512 only,
// inside their anonymous namespace, after int_avx512.h.

// The rounding kFloat, to int8 or uint8: as RequantizeSums, in fewer steps. Sums are scaled in
// float32, rounded to the nearest, half to even, and packed to 16 and to 8 bits, which saturates;
// the zero point is added in 16 bits.
class ByteRequantizer {
 public:
  static bool Takes(const QuantizedLayer& layer) {
    return layer.requantization.rounding == Rounding::kFloat &&
           layer.input != tensor::DType::kInt16;
  }

  // A uint8 is computed as an int8, 128 less, whose highest bit is turned in the end.
  explicit ByteRequantizer(const QuantizedLayer& layer) {
    const Requantization& out = layer.requantization;
    const int32_t less = layer.input == tensor::DType::kUInt8 ? 128 : 0;
    high_ = _mm512_set1_ps(static_cast<float>(out.high - out.zero_point));
    zero_ = _mm512_set1_epi16(static_cast<int16_t>(out.zero_point - less));
    low_ = _mm512_set1_epi8(static_cast<char>(out.low - less));
    sign_ = _mm512_set1_epi8(static_cast<char>(less));
  }

  using Bytes = __m512i;
  using Scale = __m512;
  static Scale LoadScale(const float* p) { return _mm512_loadu_ps(p); }

  // The bytes of four lanes of a, of b, c and d, and so on by fours.
  Bytes Woven(Int a, Scale a_scale, Int b, Scale b_scale, Int c, Scale c_scale, Int d,
              Scale d_scale) const {
    const __m512i ab = _mm512_packs_epi32(Rounded(a, a_scale), Rounded(b, b_scale));
    const __m512i cd = _mm512_packs_epi32(Rounded(c, c_scale), Rounded(d, d_scale));
    const __m512i bytes =
        _mm512_packs_epi16(_mm512_adds_epi16(ab, zero_), _mm512_adds_epi16(cd, zero_));
    return _mm512_xor_si512(_mm512_max_epi8(bytes, low_), sign_);
  }

  // The bytes of a, then those of b, c and d.
  Bytes InOrder(Int a, Scale a_scale, Int b, Scale b_scale, Int c, Scale c_scale, Int d,
                Scale d_scale) const {
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm512_permutexvar_epi32(order, Woven(a, a_scale, b, b_scale, c, c_scale, d, d_scale));
  }

  // Part kPart of kBytes bytes each.
  template <int kBytes, int kPart>
  static void Store(Bytes bytes, std::byte* p) {
    static_assert(kBytes == 32 || kBytes == 16);
    if constexpr (kBytes == 32) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_extracti64x4_epi64(bytes, kPart));
    } else {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_extracti32x4_epi32(bytes, kPart));
    }
  }

  // The same of the first `count` of them.
  template <int kBytes, int kPart>
  static void StoreFew(Bytes bytes, int64_t count, std::byte* p) {
    const __m256i half = _mm512_extracti64x4_epi64(bytes, kPart * kBytes / 32);
    const __mmask32 mask = (__mmask32{1} << count) - 1;
    if constexpr (kBytes == 32) {
      _mm256_mask_storeu_epi8(p, mask, half);
    } else {
      _mm_mask_storeu_epi8(p, static_cast<__mmask16>(mask),
                           _mm256_extracti128_si256(half, kPart % 2));
    }
  }

 private:
  // What is too low becomes the lowest int32, or saturates later; what is too high would too.
  __m512i Rounded(Int sums, Scale scale) const {
    return _mm512_cvtps_epi32(
        _mm512_min_ps(_mm512_mul_ps(_mm512_cvtepi32_ps(sums.v), scale), high_));
  }

  __m512 high_;
  __m512i zero_, low_, sign_;
};
