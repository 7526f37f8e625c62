// Integers in registers as bytes. For files compiled for
// AVX2 only, inside their anonymous namespace, after int_avx2.h and bytes-inl.h.

// Integers packed to int8 or uint8: to 16 bits, which saturates, where the zero point is added, and
// to 8, which saturates too. Where the lowest byte stands for zero and nothing else clamps, as
// behind a ReLU, packing is all.
class BytePacker {
 public:
  // An int8 is computed as a uint8, 128 more, whose highest bit is turned in the end.
  BytePacker(tensor::DType dtype, int32_t zero_point, int32_t low, int32_t high) {
    const int32_t more = dtype == tensor::DType::kInt8 ? 128 : 0;
    zero_ = _mm256_set1_epi16(static_cast<int16_t>(zero_point + more));
    low_ = _mm256_set1_epi8(static_cast<char>(low + more));
    high_ = _mm256_set1_epi8(static_cast<char>(high + more));
    sign_ = _mm256_set1_epi8(static_cast<char>(more));
    packing_is_all_ = zero_point + more == 0 && low + more == 0 && high + more == 255;
  }

  using Bytes = __m256i;

  // The bytes of four lanes of a, of b, c and d, and so on by fours.
  Bytes Woven(Int a, Int b, Int c, Int d) const {
    const __m256i ab = _mm256_packs_epi32(a.v, b.v), cd = _mm256_packs_epi32(c.v, d.v);
    if (packing_is_all_) return _mm256_xor_si256(_mm256_packus_epi16(ab, cd), sign_);
    __m256i bytes = _mm256_packus_epi16(_mm256_adds_epi16(ab, zero_), _mm256_adds_epi16(cd, zero_));
    bytes = _mm256_min_epu8(_mm256_max_epu8(bytes, low_), high_);
    return _mm256_xor_si256(bytes, sign_);
  }

  // The bytes of a, then those of b, c and d.
  Bytes InOrder(Int a, Int b, Int c, Int d) const {
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    return _mm256_permutevar8x32_epi32(Woven(a, b, c, d), order);
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
  __m256i zero_, low_, high_, sign_;
  bool packing_is_all_;
};
