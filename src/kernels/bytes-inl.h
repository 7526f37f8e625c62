// Bytes read and written by vectors Int. Included inside the anonymous namespace of a file compiled
// for one instruction set, after that of Int.

// `count` of fewer than kMost bytes, at most 32.
template <int64_t kMost>
[[gnu::noinline]] void CopyFew(const std::byte* from, std::byte* to, int64_t count) {
  int64_t i = 0;
  if (kMost > 16 && (count & 16) != 0) {
    __builtin_memcpy(to, from, 16);
    i = 16;
  }
  if (kMost > 8 && (count & 8) != 0) {
    __builtin_memcpy(to + i, from + i, 8);
    i += 8;
  }
  for (; i < count; ++i) to[i] = from[i];
}

// int8, or uint8: the same code for both.
class Bytes {
 public:
  explicit Bytes(tensor::DType dtype)
      : mask_(Int::Broadcast(dtype == tensor::DType::kUInt8 ? 0xFF : -1)) {}

  // As many bytes as there are lanes.
  Int Load(const std::byte* p) const { return Int::LoadBytes(p) & mask_; }

  // The first `count` bytes, or as many as there are lanes; other lanes are zero and not read.
  Int Load(const std::byte* p, int64_t count) const {
    if (count >= Int::kLanes) return Load(p);
    return Int::LoadFewBytes(p, count) & mask_;
  }
  Int Repeat(std::byte x) const { return Int::Broadcast(static_cast<int8_t>(x)) & mask_; }

 private:
  Int mask_;
};

// The lowest bytes of the first `count` lanes, or of all.
inline void StoreSome(Int x, std::byte* p, int64_t count) {
  if (count >= Int::kLanes) return x.StoreBytes(p);
  x.StoreFewBytes(p, count);
}
