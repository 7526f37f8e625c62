// Pairs of bfloat16 in the lanes of AVX-512. For files compiled for AVX-512 BF16 only, inside their
// anonymous namespace, after vec_avx512.h: nothing here may be shared with other files.

// Two bfloat16, the first in the lower half.
using Pair = uint32_t;

// Sixteen pairs, and eight.
struct Pairs {
  __m512bh v;
  static Pairs Load(const Pair* p) { return {reinterpret_cast<__m512bh>(_mm512_loadu_si512(p))}; }
  static Pairs Broadcast(Pair pair) {
    return {reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(pair)))};
  }
  void Store(Pair* p) const { _mm512_storeu_si512(p, reinterpret_cast<__m512i>(v)); }
};
struct HalfPairs {
  __m256bh v;
  static HalfPairs Load(const Pair* p) {
    return {reinterpret_cast<__m256bh>(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)))};
  }
  static HalfPairs Broadcast(Pair pair) {
    return {reinterpret_cast<__m256bh>(_mm256_set1_epi32(static_cast<int>(pair)))};
  }
};

template <class V>
struct PairsOf;
template <>
struct PairsOf<Vec> {
  using Type = Pairs;
};
template <>
struct PairsOf<HalfVec> {
  using Type = HalfPairs;
};

// sum + x[0] · w[0] + x[1] · w[1] in each lane, summed in float32.
inline Vec AddProducts(Vec sum, Pairs x, Pairs w) { return {_mm512_dpbf16_ps(sum.v, x.v, w.v)}; }
inline HalfVec AddProducts(HalfVec sum, HalfPairs x, HalfPairs w) {
  return {_mm256_dpbf16_ps(sum.v, x.v, w.v)};
}

// Each lane's first and second, rounded as Round does it.
inline Pairs Interleave(Vec first, Vec second) {
  const auto halves = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(second.v, first.v));
  const __m512i order =
      _mm512_set_epi32(0x001F000F, 0x001E000E, 0x001D000D, 0x001C000C, 0x001B000B, 0x001A000A,
                       0x00190009, 0x00180008, 0x00170007, 0x00160006, 0x00150005, 0x00140004,
                       0x00130003, 0x00120002, 0x00110001, 0x00100000);
  return {reinterpret_cast<__m512bh>(_mm512_permutexvar_epi16(order, halves))};
}

// `count` floats as bfloat16 side by side, from element `first` on; to the nearest, half to even.
inline void Round(const float* from, int64_t count, Pair* pairs, int64_t first) {
  char* to = reinterpret_cast<char*>(pairs) + first * 2;
  for (; count >= Vec::kLanes; count -= Vec::kLanes, from += Vec::kLanes, to += Vec::kLanes * 2) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                        reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(_mm512_loadu_ps(from))));
  }
  if (count == 0) return;
  const __mmask16 mask = Vec::Mask(count);
  _mm256_mask_storeu_epi16(
      to, mask, reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, from))));
}
