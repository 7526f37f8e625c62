// What is multiplied with VNNI of any width. For files compiled for AVX2 or more, inside their
// anonymous namespace.

// Four unsigned bytes of input by four signed weights; the instruction does not saturate. A Dot
// adds the width of its vectors.
struct BytesDot {
  using Element = uint8_t;
  using Weight = int8_t;
  static constexpr int64_t kGroup = 4;
  static constexpr int64_t kChunk = 32;
  static constexpr bool kOffsets = true;
  explicit BytesDot(const QuantizedLayer& layer)
      : sign(layer.input == tensor::DType::kInt8 ? 0x80 : 0),
        moved(layer.filter_zero - (layer.filter == tensor::DType::kUInt8 ? 128 : 0)) {}
  Element From(std::byte x) const { return static_cast<Element>(static_cast<Element>(x) ^ sign); }
  void Gather(const std::byte* x, Element* to) const {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x));
    const __m256i signs = _mm256_set1_epi8(static_cast<char>(sign));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_xor_si256(bytes, signs));
  }
  // Puts three rows of a window side by side, of at most 16 elements each and 32 in all.
  class Joiner {
   public:
    Joiner(const BytesDot& dot, int64_t length)
        : signs_(_mm256_set1_epi8(static_cast<char>(dot.sign))) {
      for (int64_t row = 0; row < 3; ++row) {
        alignas(32) int8_t order[32];
        for (int64_t i = 0; i < 32; ++i) {
          const int64_t k = i - row * length;
          order[i] = static_cast<int8_t>(k >= 0 && k < length ? k : -1);  // -1: zero
        }
        orders_[row] = _mm256_load_si256(reinterpret_cast<const __m256i*>(order));
      }
    }
    static bool Takes(int64_t rows, int64_t length) { return rows == 3 && length <= 10; }
    void operator()(const std::byte* x, int64_t step, Element* to) const {
      const __m256i joined =
          _mm256_or_si256(_mm256_or_si256(Row(x, 0), Row(x + step, 1)), Row(x + 2 * step, 2));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_xor_si256(joined, signs_));
    }

   private:
    __m256i Row(const std::byte* x, int row) const {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(x));
      return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), orders_[row]);
    }
    __m256i orders_[3], signs_;
  };
  static int32_t Four(const Element* a) {
    int32_t four;
    __builtin_memcpy(&four, a, sizeof(four));
    return four;
  }
  // All weights were moved alike: that is so many times the sum of the elements.
  int32_t Offset(const Element* a, int64_t count) const {
    if (moved == 0) return 0;
    alignas(32) static constexpr int8_t kPlaces[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                                     11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                                     22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
    const __m256i places = _mm256_load_si256(reinterpret_cast<const __m256i*>(kPlaces));
    __m256i sums = _mm256_setzero_si256();
    for (int64_t i = 0; i < count; i += 32) {
      // Rubbish may follow the last.
      const int64_t left = count - i < 32 ? count - i : 32;
      const __m256i there = _mm256_cmpgt_epi8(_mm256_set1_epi8(static_cast<char>(left)), places);
      const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a + i));
      sums = _mm256_add_epi64(
          sums, _mm256_sad_epu8(_mm256_and_si256(bytes, there), _mm256_setzero_si256()));
    }
    const int64_t sum = _mm256_extract_epi64(sums, 0) + _mm256_extract_epi64(sums, 1) +
                        _mm256_extract_epi64(sums, 2) + _mm256_extract_epi64(sums, 3);
    return -moved * static_cast<int32_t>(sum);
  }
  Element sign;
  int32_t moved;
};
