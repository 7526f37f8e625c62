// Integers in registers as bytes. For files compiled for
// AVX-512 only, inside their anonymous namespace, after int_avx512.h.

// Integers packed to int8 or uint8: to 16 bits, which saturates, where the zero point is added, and
// to 8, which saturates too. Where the lowest byte stands for zero and nothing else clamps, as
// behind a ReLU, packing is all.
class BytePacker {
 public:
  // An int8 is computed as a uint8, 128 more, whose highest bit is turned in the end.
  BytePacker(tensor::DType dtype, int32_t zero_point, int32_t low, int32_t high) {
    const int32_t more = dtype == tensor::DType::kInt8 ? 128 : 0;
    zero_ = _mm512_set1_epi16(static_cast<int16_t>(zero_point + more));
    low_ = _mm512_set1_epi8(static_cast<char>(low + more));
    high_ = _mm512_set1_epi8(static_cast<char>(high + more));
    sign_ = _mm512_set1_epi8(static_cast<char>(more));
    packing_is_all_ = zero_point + more == 0 && low + more == 0 && high + more == 255;
  }

  using Bytes = __m512i;

  // The bytes of four lanes of a, of b, c and d, and so on by fours.
  Bytes Woven(Int a, Int b, Int c, Int d) const {
    const __m512i ab = _mm512_packs_epi32(a.v, b.v), cd = _mm512_packs_epi32(c.v, d.v);
    if (packing_is_all_) return _mm512_xor_si512(_mm512_packus_epi16(ab, cd), sign_);
    __m512i bytes = _mm512_packus_epi16(_mm512_adds_epi16(ab, zero_), _mm512_adds_epi16(cd, zero_));
    bytes = _mm512_min_epu8(_mm512_max_epu8(bytes, low_), high_);
    return _mm512_xor_si512(bytes, sign_);
  }

  // The bytes of a, then those of b, c and d.
  Bytes InOrder(Int a, Int b, Int c, Int d) const {
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm512_permutexvar_epi32(order, Woven(a, b, c, d));
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
  __m512i zero_, low_, high_, sign_;
  bool packing_is_all_;
};
