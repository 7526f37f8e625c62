// Eight int32 in a pair of registers, as vec_neon.h has floats. For files compiled for aarch64
// only, inside their anonymous namespace: nothing here may be shared with other files.

struct Int {
  static constexpr int64_t kLanes = 8;
  int32x4_t low, high;

  static Int Load(const int32_t* p) { return {vld1q_s32(p), vld1q_s32(p + 4)}; }
  // A byte with a sign in each lane.
  static Int LoadBytes(const std::byte* p) {
    return OfBytes(vld1_s8(reinterpret_cast<const int8_t*>(p)));
  }
  // The first `count` of them, fewer than all; the others are zero.
  static Int LoadFewBytes(const std::byte* p, int64_t count) {
    uint64_t bytes = 0;
    for (int64_t i = 0; i < count; ++i) bytes |= static_cast<uint64_t>(p[i]) << (8 * i);
    return OfBytes(vcreate_s8(bytes));
  }
  void Store(int32_t* p) const {
    vst1q_s32(p, low);
    vst1q_s32(p + 4, high);
  }
  static Int Broadcast(int32_t x) { return {vdupq_n_s32(x), vdupq_n_s32(x)}; }
  Int operator+(Int b) const { return {vaddq_s32(low, b.low), vaddq_s32(high, b.high)}; }
  Int operator-(Int b) const { return {vsubq_s32(low, b.low), vsubq_s32(high, b.high)}; }
  Int operator*(Int b) const { return {vmulq_s32(low, b.low), vmulq_s32(high, b.high)}; }
  Int operator&(Int b) const { return {vandq_s32(low, b.low), vandq_s32(high, b.high)}; }
  Int Min(Int b) const { return {vminq_s32(low, b.low), vminq_s32(high, b.high)}; }
  Int Max(Int b) const { return {vmaxq_s32(low, b.low), vmaxq_s32(high, b.high)}; }
  Int ShiftLeft(Int count) const {
    return {vshlq_s32(low, count.low), vshlq_s32(high, count.high)};
  }
  Int ShiftRight(Int count) const {
    return {vshlq_s32(low, vnegq_s32(count.low)), vshlq_s32(high, vnegq_s32(count.high))};
  }
  // -1 where a > b, else 0.
  static Int IfGreater(Int a, Int b) {
    return {vreinterpretq_s32_u32(vcgtq_s32(a.low, b.low)),
            vreinterpretq_s32_u32(vcgtq_s32(a.high, b.high))};
  }

  // this · scale in float32 (whose bits the lanes of `scale` hold), clamped, to the nearest
  // integer, half to even.
  Int Times(Int scale, Int least, Int most) const {
    return {Clamped(Product(low, scale.low), least.low, most.low),
            Clamped(Product(high, scale.high), least.high, most.high)};
  }

  // The same without clamping, for products that fit.
  Int Times(Int scale) const {
    return {vcvtnq_s32_f32(Product(low, scale.low)), vcvtnq_s32_f32(Product(high, scale.high))};
  }

  // this · scale + shift in float32, each rounded, and then the same.
  Int TimesPlus(Int scale, Int shift, Int least, Int most) const {
    const float32x4_t x = vaddq_f32(Product(low, scale.low), Real(shift.low));
    const float32x4_t y = vaddq_f32(Product(high, scale.high), Real(shift.high));
    return {Clamped(x, least.low, most.low), Clamped(y, least.high, most.high)};
  }

  // Lanes that hold the bits of float32: x, and this · b.
  static Int BroadcastReal(float x) { return Broadcast(__builtin_bit_cast(int32_t, x)); }
  Int TimesReal(Int b) const {
    return {vreinterpretq_s32_f32(vmulq_f32(Real(low), Real(b.low))),
            vreinterpretq_s32_f32(vmulq_f32(Real(high), Real(b.high)))};
  }
  // this · first · second + bias in float32, each rounded, clamped to its bits; a NaN passes.
  Int ToReal(Int first, Int second, Int bias, Int least, Int most) const {
    return {ToReal(low, first.low, second.low, bias.low, least.low, most.low),
            ToReal(high, first.high, second.high, bias.high, least.high, most.high)};
  }

  // this / b towards zero, by way of float32: exact for sizes below 2^24.
  Int Quotient(Int b) const {
    return {vcvtq_s32_f32(vdivq_f32(vcvtq_f32_s32(low), vcvtq_f32_s32(b.low))),
            vcvtq_s32_f32(vdivq_f32(vcvtq_f32_s32(high), vcvtq_f32_s32(b.high)))};
  }

  // this · b / 2^31 to nearest, half up; the product of the two lowest numbers saturates.
  Int MultiplyHigh(Int b) const { return {vqrdmulhq_s32(low, b.low), vqrdmulhq_s32(high, b.high)}; }

  // this · b / 2^count to nearest, half up, in 64 bits; count in [1, 62].
  Int MultiplySingle(Int b, Int count) const {
    return {MultiplySingle(low, b.low, count.low), MultiplySingle(high, b.high, count.high)};
  }

  // Floats brought to the nearest integers: divided, halves away from zero; or times 1 / scale,
  // halves to even. A NaN becomes the lowest.
  class Rounder {
   public:
    Rounder(float scale, bool ties_to_even, Int least, Int most)
        : scale_(vdupq_n_f32(ties_to_even ? 1 / scale : scale)),
          least_(vcvtq_f32_s32(least.low)),
          most_(vcvtq_f32_s32(most.low)),
          ties_to_even_(ties_to_even) {}
    Int operator()(const float* p) const { return {Four(vld1q_f32(p)), Four(vld1q_f32(p + 4))}; }

   private:
    int32x4_t Four(float32x4_t x) const {
      x = ties_to_even_ ? vmulq_f32(x, scale_) : vrndaq_f32(vdivq_f32(x, scale_));
      return vcvtnq_s32_f32(vminq_f32(vmaxnmq_f32(x, least_), most_));
    }
    float32x4_t scale_, least_, most_;
    bool ties_to_even_;
  };

  // The lowest byte of each lane.
  void StoreBytes(std::byte* p) const { vst1_s8(reinterpret_cast<int8_t*>(p), LowestBytes()); }

  // The same of the first `count` lanes, fewer than all.
  void StoreFewBytes(std::byte* p, int64_t count) const {
    const uint64_t bytes = vget_lane_u64(vreinterpret_u64_s8(LowestBytes()), 0);
    for (int64_t i = 0; i < count; ++i) p[i] = static_cast<std::byte>(bytes >> (8 * i));
  }

  // The same of int16, for lanes in its range.
  void StoreShorts(std::byte* p) const { vst1q_s16(reinterpret_cast<int16_t*>(p), Shorts()); }

 private:
  static Int OfBytes(int8x8_t bytes) {
    const int16x8_t shorts = vmovl_s8(bytes);
    return {vmovl_s16(vget_low_s16(shorts)), vmovl_high_s16(shorts)};
  }
  int16x8_t Shorts() const { return vmovn_high_s32(vmovn_s32(low), high); }
  int8x8_t LowestBytes() const { return vmovn_s16(Shorts()); }
  static float32x4_t Real(int32x4_t bits) { return vreinterpretq_f32_s32(bits); }
  static float32x4_t Product(int32x4_t x, int32x4_t scale) {
    return vmulq_f32(vcvtq_f32_s32(x), Real(scale));
  }
  static int32x4_t Clamped(float32x4_t x, int32x4_t least, int32x4_t most) {
    return vcvtnq_s32_f32(vminq_f32(vmaxq_f32(x, vcvtq_f32_s32(least)), vcvtq_f32_s32(most)));
  }
  // The instructions for the larger and the smaller take -0 for less than 0; the formula does not.
  static int32x4_t ToReal(int32x4_t sum, int32x4_t first, int32x4_t second, int32x4_t bias,
                          int32x4_t least, int32x4_t most) {
    float32x4_t x = vmulq_f32(Product(sum, first), Real(second));
    x = vaddq_f32(x, Real(bias));
    const float32x4_t y = vbslq_f32(vcltq_f32(x, Real(least)), Real(least), x);
    return vreinterpretq_s32_f32(vbslq_f32(vcgtq_f32(x, Real(most)), Real(most), y));
  }
  static int32x4_t MultiplySingle(int32x4_t a, int32x4_t b, int32x4_t count) {
    const int32x4_t right = vnegq_s32(count);
    const int64x2_t first =
        vrshlq_s64(vmull_s32(vget_low_s32(a), vget_low_s32(b)), vmovl_s32(vget_low_s32(right)));
    return vmovn_high_s64(vmovn_s64(first),
                          vrshlq_s64(vmull_high_s32(a, b), vmovl_high_s32(right)));
  }
};
