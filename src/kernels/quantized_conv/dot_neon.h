// What is multiplied as bytes with a sign. For files compiled for aarch64 only, inside their
// anonymous namespace. A Dot adds how.
struct BytesDot {
  using Element = int8_t;
  using Weight = int8_t;
  static constexpr int64_t kChunk = 16;
  static constexpr bool kOffsets = true;
  explicit BytesDot(const QuantizedLayer& layer)
      : sign(layer.input == tensor::DType::kUInt8 ? 0x80 : 0),
        moved(layer.filter_zero - (layer.filter == tensor::DType::kUInt8 ? 128 : 0)) {}
  Element From(std::byte x) const { return static_cast<Element>(static_cast<uint8_t>(x) ^ sign); }
  void Gather(const std::byte* x, Element* to) const {
    const uint8x16_t bytes = vld1q_u8(reinterpret_cast<const uint8_t*>(x));
    vst1q_s8(to, vreinterpretq_s8_u8(veorq_u8(bytes, vdupq_n_u8(sign))));
  }
  struct Joiner {
    Joiner(const BytesDot&, int64_t) {}
    static bool Takes(int64_t, int64_t) { return false; }
    void operator()(const void*, int64_t, Element*) const {}
  };
  // All weights were moved alike: that is so many times the sum of the elements.
  int32_t Offset(const Element* a, int64_t count) const {
    int32x4_t sums = vdupq_n_s32(0);
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) sums = vpadalq_s16(sums, vpaddlq_s8(vld1q_s8(a + i)));
    int32_t sum = vaddvq_s32(sums);
    for (; i < count; ++i) sum += a[i];
    return -moved * sum;
  }
  uint8_t sign;
  int32_t moved;
};
