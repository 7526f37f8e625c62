// Sums in registers brought to the result's scale as bytes. For files compiled for AVX2 only,
// inside their anonymous namespace, after int_avx2.h and bytes-inl.h.

// The rounding kFloat, to int8 or uint8: as RequantizeSums, in fewer steps. Sums are scaled in
// float32, by factors that leave them in the range of int32, rounded to the nearest, half to even,
// and packed to 16 and to 8 bits, which saturates; the zero point is added in 16 bits. Where the
// result's lowest byte stands for zero and nothing else clamps it, as behind a ReLU, packing is
// all.
class ByteRequantizer {
 public:
  static bool Takes(const QuantizedLayer& layer) {
    return layer.requantization.small_factors &&
           layer.requantization.rounding == Rounding::kFloat &&
           layer.input != tensor::DType::kInt16;
  }

  // An int8 is computed as a uint8, 128 more, whose highest bit is turned in the end.
  explicit ByteRequantizer(const QuantizedLayer& layer) {
    const Requantization& out = layer.requantization;
    const int32_t more = UnsignedOffset(layer);
    zero_ = _mm256_set1_epi16(static_cast<int16_t>(out.zero_point + more));
    low_ = _mm256_set1_epi8(static_cast<char>(out.low + more));
    high_ = _mm256_set1_epi8(static_cast<char>(out.high + more));
    sign_ = _mm256_set1_epi8(static_cast<char>(more));
    packing_is_all_ = out.zero_point + more == 0 && out.low + more == 0 && out.high + more == 255;
  }

  using Bytes = __m256i;
  using Scale = __m256;
  static Scale LoadScale(const float* p) { return _mm256_loadu_ps(p); }

  // The bytes of four lanes of a, of b, c and d, and so on by fours.
  Bytes Woven(Int a, Scale a_scale, Int b, Scale b_scale, Int c, Scale c_scale, Int d,
              Scale d_scale) const {
    const __m256i ab = _mm256_packs_epi32(Rounded(a, a_scale), Rounded(b, b_scale));
    const __m256i cd = _mm256_packs_epi32(Rounded(c, c_scale), Rounded(d, d_scale));
    if (packing_is_all_) return _mm256_xor_si256(_mm256_packus_epi16(ab, cd), sign_);
    __m256i bytes = _mm256_packus_epi16(_mm256_adds_epi16(ab, zero_), _mm256_adds_epi16(cd, zero_));
    bytes = _mm256_min_epu8(_mm256_max_epu8(bytes, low_), high_);
    return _mm256_xor_si256(bytes, sign_);
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
  static __m256i Rounded(Int sums, Scale scale) {
    return _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_cvtepi32_ps(sums.v), scale));
  }

  __m256i zero_, low_, high_, sign_;
  bool packing_is_all_;
};
