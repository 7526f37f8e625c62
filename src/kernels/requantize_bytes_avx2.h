// Sums in registers brought to the result's scale as bytes. For files compiled for AVX2 only,
// inside their anonymous namespace, after int_avx2.h and bytes-inl.h.

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
    high_ = _mm256_set1_ps(static_cast<float>(out.high - out.zero_point));
    zero_ = _mm256_set1_epi16(static_cast<int16_t>(out.zero_point - less));
    low_ = _mm256_set1_epi8(static_cast<char>(out.low - less));
    sign_ = _mm256_set1_epi8(static_cast<char>(less));
  }

  using Bytes = __m256i;
  using Scale = __m256;
  static Scale LoadScale(const float* p) { return _mm256_loadu_ps(p); }

  // The bytes of four lanes of a, of b, c and d, and so on by fours.
  Bytes Woven(Int a, Scale a_scale, Int b, Scale b_scale, Int c, Scale c_scale, Int d,
              Scale d_scale) const {
    const __m256i ab = _mm256_packs_epi32(Rounded(a, a_scale), Rounded(b, b_scale));
    const __m256i cd = _mm256_packs_epi32(Rounded(c, c_scale), Rounded(d, d_scale));
    const __m256i bytes =
        _mm256_packs_epi16(_mm256_adds_epi16(ab, zero_), _mm256_adds_epi16(cd, zero_));
    return _mm256_xor_si256(_mm256_max_epi8(bytes, low_), sign_);
  }

  // The bytes of a, then those of b, c and d.
  Bytes InOrder(Int a, Scale a_scale, Int b, Scale b_scale, Int c, Scale c_scale, Int d,
                Scale d_scale) const {
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    return _mm256_permutevar8x32_epi32(Woven(a, a_scale, b, b_scale, c, c_scale, d, d_scale),
                                       order);
  }

  // Part kPart of kBytes bytes each.
  template <int kBytes, int kPart>
  static void Store(Bytes bytes, std::byte* p) {
    static_assert(kBytes == 16 || kBytes == 8);
    if constexpr (kBytes == 16) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_extracti128_si256(bytes, kPart));
    } else {
      const int64_t eight = _mm256_extract_epi64(bytes, kPart);
      __builtin_memcpy(p, &eight, sizeof(eight));
    }
  }

  // The same of the first `count` of them.
  template <int kBytes, int kPart>
  static void StoreFew(Bytes bytes, int64_t count, std::byte* p) {
    std::byte all[kBytes];
    Store<kBytes, kPart>(bytes, all);
    CopyFew<kBytes>(all, p, count);
  }

 private:
  // What is too low becomes the lowest int32, or saturates later; what is too high would too.
  __m256i Rounded(Int sums, Scale scale) const {
    return _mm256_cvtps_epi32(
        _mm256_min_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(sums.v), scale), high_));
  }

  __m256 high_;
  __m256i zero_, low_, sign_;
};
