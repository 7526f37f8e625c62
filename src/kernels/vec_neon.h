// Eight floats in a pair of registers: of the 32 that NEON has, pairs leave room for the same tiles
// as AVX2's 16, and a row of channels is walked in steps of 32 bytes. For files compiled for
// aarch64 only, inside their anonymous namespace: nothing here may be shared with other files.

struct Vec {
  static constexpr int kLanes = 8;
  float32x4_t low, high;

  static Vec Load(const float* p) { return {vld1q_f32(p), vld1q_f32(p + 4)}; }
  static Vec Broadcast(float x) { return {vdupq_n_f32(x), vdupq_n_f32(x)}; }
  // The first `count` of eight; the others are zero and not read.
  static Vec LoadPartial(const float* p, int64_t count) {
    if (count >= 8) return Load(p);
    if (count >= 4) return {vld1q_f32(p), LoadBelowFour(p + 4, count - 4)};
    return {LoadBelowFour(p, count), vdupq_n_f32(0)};
  }
  void Store(float* p) const {
    vst1q_f32(p, low);
    vst1q_f32(p + 4, high);
  }
  void StorePartial(float* p, int64_t count) const {
    if (count >= 8) return Store(p);
    if (count < 4) return StoreBelowFour(p, low, count);
    vst1q_f32(p, low);
    StoreBelowFour(p + 4, high, count - 4);
  }

  // a · b + this
  Vec MulAdd(Vec a, Vec b) const {
    return {vfmaq_f32(low, a.low, b.low), vfmaq_f32(high, a.high, b.high)};
  }
  Vec operator+(Vec b) const { return {vaddq_f32(low, b.low), vaddq_f32(high, b.high)}; }
  Vec operator-(Vec b) const { return {vsubq_f32(low, b.low), vsubq_f32(high, b.high)}; }
  Vec operator*(Vec b) const { return {vmulq_f32(low, b.low), vmulq_f32(high, b.high)}; }
  Vec operator/(Vec b) const { return {vdivq_f32(low, b.low), vdivq_f32(high, b.high)}; }
  // The larger; this where b is a NaN.
  Vec Max(Vec b) const { return IfLess(*this, b, b, *this); }
  // The smaller; this where b is a NaN.
  Vec Min(Vec b) const { return IfLess(b, *this, b, *this); }
  // The size of this with the sign of b.
  Vec WithSignOf(Vec b) const {
    const uint32x4_t sign = vdupq_n_u32(0x80000000);
    return {vbslq_f32(sign, b.low, low), vbslq_f32(sign, b.high, high)};
  }
  // In each lane: a < b ? yes : no.
  static Vec IfLess(Vec a, Vec b, Vec yes, Vec no) {
    return {vbslq_f32(vcltq_f32(a.low, b.low), yes.low, no.low),
            vbslq_f32(vcltq_f32(a.high, b.high), yes.high, no.high)};
  }
  // To the nearest integer, half to even.
  Vec Round() const { return {vrndnq_f32(low), vrndnq_f32(high)}; }
  // this · 2^n for whole n in [-150, 150], in two steps: 2^n may be no normal number.
  Vec TimesPowerOfTwo(Vec n) const {
    return {TimesPowerOfTwo(low, vcvtnq_s32_f32(n.low)),
            TimesPowerOfTwo(high, vcvtnq_s32_f32(n.high))};
  }
  // A NaN passes: the instructions return it.
  Vec ClampTo(Vec least, Vec most) const {
    return {vminq_f32(vmaxq_f32(low, least.low), most.low),
            vminq_f32(vmaxq_f32(high, least.high), most.high)};
  }

  // Lane i is lane lanes[i] of this.
  struct Lanes {
    uint8x16_t low, high;  // as bytes of the pair
  };
  static Lanes LoadLanes(const int32_t* lanes) {
    return {BytesOf(vld1q_s32(lanes)), BytesOf(vld1q_s32(lanes + 4))};
  }
  Vec Select(Lanes lanes) const {
    const uint8x16x2_t bytes = {{vreinterpretq_u8_f32(low), vreinterpretq_u8_f32(high)}};
    return {vreinterpretq_f32_u8(vqtbl2q_u8(bytes, lanes.low)),
            vreinterpretq_f32_u8(vqtbl2q_u8(bytes, lanes.high))};
  }

  static float32x4_t TimesPowerOfTwo(float32x4_t x, int32x4_t n) {
    const int32x4_t half = vshrq_n_s32(n, 1);
    return vmulq_f32(vmulq_f32(x, PowerOfTwo(half)), PowerOfTwo(vsubq_s32(n, half)));
  }
  static float32x4_t PowerOfTwo(int32x4_t n) {
    return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(n, vdupq_n_s32(127)), 23));
  }
  static uint8x16_t BytesOf(int32x4_t lanes) {
    return vreinterpretq_u8_s32(vaddq_s32(vmulq_n_s32(lanes, 0x04040404), vdupq_n_s32(0x03020100)));
  }
  static float32x4_t LoadBelowFour(const float* p, int64_t count) {
    float32x4_t part = vdupq_n_f32(0);
    if (count > 0) part = vld1q_lane_f32(p, part, 0);
    if (count > 1) part = vld1q_lane_f32(p + 1, part, 1);
    if (count > 2) part = vld1q_lane_f32(p + 2, part, 2);
    return part;
  }
  static void StoreBelowFour(float* p, float32x4_t part, int64_t count) {
    if (count > 0) vst1q_lane_f32(p, part, 0);
    if (count > 1) vst1q_lane_f32(p + 1, part, 1);
    if (count > 2) vst1q_lane_f32(p + 2, part, 2);
  }
};
