// Integers in registers as bytes. For files compiled for
// aarch64 only, inside their anonymous namespace, after int_neon.h and bytes-inl.h.

// Integers packed to int8 or uint8: to 16 bits, where the zero point is added, and to 8; all of it
// saturates.
class BytePacker {
 public:
  // A uint8 is computed as an int8, 128 less, whose highest bit is turned in the end.
  BytePacker(tensor::DType dtype, int32_t zero_point, int32_t low, int32_t high) {
    const int32_t less = dtype == tensor::DType::kUInt8 ? 128 : 0;
    zero_ = vdupq_n_s16(static_cast<int16_t>(zero_point - less));
    low_ = vdupq_n_s8(static_cast<int8_t>(low - less));
    high_ = vdupq_n_s8(static_cast<int8_t>(high - less));
    sign_ = vdupq_n_s8(static_cast<int8_t>(less));
  }

  struct Bytes {
    int8x16_t first, second;
  };

  // The bytes of a, then those of b, c and d.
  Bytes InOrder(Int a, Int b, Int c, Int d) const { return {Sixteen(a, b), Sixteen(c, d)}; }

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
  int8x16_t Sixteen(Int a, Int b) const {
    const int8x16_t bytes = vqmovn_high_s16(vqmovn_s16(Eight(a)), Eight(b));
    return veorq_s8(vminq_s8(vmaxq_s8(bytes, low_), high_), sign_);
  }
  int16x8_t Eight(Int x) const {
    return vqaddq_s16(vqmovn_high_s32(vqmovn_s32(x.low), x.high), zero_);
  }

  int16x8_t zero_;
  int8x16_t low_, high_, sign_;
};
