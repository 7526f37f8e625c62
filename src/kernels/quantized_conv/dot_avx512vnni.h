// What is multiplied with VNNI of 512 bits. For files compiled for it, inside their anonymous
// namespace, after bytes_dot.h.

struct Dot : BytesDot {
  using BytesDot::BytesDot;
  using Vector = __m512i;
  static constexpr int64_t kChunk = 64;
  void Gather(const std::byte* x, Element* to) const {
    const __m512i signs = _mm512_set1_epi8(static_cast<char>(sign));
    _mm512_storeu_si512(to, _mm512_xor_si512(_mm512_loadu_si512(x), signs));
  }
  static Vector Load(const Weight* w) { return _mm512_loadu_si512(w); }
  static Vector Broadcast(const Element* a) { return _mm512_set1_epi32(Four(a)); }
  static Int Add(Int sums, Vector a, Vector w) { return {_mm512_dpbusd_epi32(sums.v, a, w)}; }
};
