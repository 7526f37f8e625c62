// Sums in registers brought to the result's scale as bytes. For files compiled for aarch64 only,
// inside their anonymous namespace, after int_neon.h and bytes-inl.h.

// The rounding kFloat, to int8 or uint8: as RequantizeSums, in fewer steps. Sums are scaled in
// float32, rounded to the nearest, half to even, and packed to 16 and to 8 bits; all of these
// saturate. The zero point is added in 16 bits.
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
    zero_ = vdupq_n_s16(static_cast<int16_t>(out.zero_point - less));
    low_ = vdupq_n_s8(static_cast<int8_t>(out.low - less));
    high_ = vdupq_n_s8(static_cast<int8_t>(out.high - less));
    sign_ = vdupq_n_s8(static_cast<int8_t>(less));
  }

  struct Bytes {
    int8x16_t first, second;
  };
  struct Scale {
    float32x4_t low, high;
  };
  static Scale LoadScale(const float* p) { return {vld1q_f32(p), vld1q_f32(p + 4)}; }

  // The bytes of a, then those of b, c and d.
  Bytes InOrder(Int a, Scale a_scale, Int b, Scale b_scale, Int c, Scale c_scale, Int d,
                Scale d_scale) const {
    return {Sixteen(a, a_scale, b, b_scale), Sixteen(c, c_scale, d, d_scale)};
  }

  // Part kPart of kBytes bytes each.
  template <int kBytes, int kPart>
  static void Store(Bytes bytes, std::byte* p) {
    static_assert(kBytes == 16 || kBytes == 8);
    const int8x16_t sixteen = kPart * kBytes < 16 ? bytes.first : bytes.second;
    auto* to = reinterpret_cast<int8_t*>(p);
    if constexpr (kBytes == 16) {
      vst1q_s8(to, sixteen);
    } else {
      vst1_s8(to, kPart % 2 == 0 ? vget_low_s8(sixteen) : vget_high_s8(sixteen));
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
  int8x16_t Sixteen(Int a, Scale a_scale, Int b, Scale b_scale) const {
    const int8x16_t bytes = vqmovn_high_s16(vqmovn_s16(Eight(a, a_scale)), Eight(b, b_scale));
    return veorq_s8(vminq_s8(vmaxq_s8(bytes, low_), high_), sign_);
  }
  int16x8_t Eight(Int sums, Scale scale) const {
    const int16x4_t low = vqmovn_s32(Rounded(sums.low, scale.low));
    return vqaddq_s16(vqmovn_high_s32(low, Rounded(sums.high, scale.high)), zero_);
  }
  static int32x4_t Rounded(int32x4_t sums, float32x4_t scale) {
    return vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(sums), scale));
  }

  int16x8_t zero_;
  int8x16_t low_, high_, sign_;
};
