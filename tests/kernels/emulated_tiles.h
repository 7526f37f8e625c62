// The tile registers of AMX in plain C++, in the place of kernels/tiles_amx.h: what the Intel 64
// and IA-32 Architectures Software Developer's Manual, volume 2, says of LDTILECFG, TILELOADD,
// TILESTORED, TDPBSSD, TDPBUSD, TDPBF16PS and TILERELEASE; what it says to fault does. Included
// inside an anonymous namespace.

struct EmulatedTile {
  int rows, row_bytes;  // 0: not configured
  union {
    unsigned char bytes[16][64];
    int32_t integers[16][16];
    float reals[16][16];
    uint16_t bfloats[16][32];
  };
};

thread_local EmulatedTile emulated_tiles[8];

inline void FaultUnless(bool right) {
  if (!right) __builtin_trap();
}

// A number without those too small for normal ones, and the same of results.
inline float Normal(float x) { return __builtin_fabsf(x) < 0x1p-126F ? x * 0 : x; }

struct Tiles {
  static void Configure(const void* to) {
    const auto* bytes = static_cast<const unsigned char*>(to);
    FaultUnless(bytes[0] == 1 && bytes[1] == 0);
    for (int i = 2; i < 16; ++i) FaultUnless(bytes[i] == 0);
    for (int i = 0; i < 16; ++i) {
      const int row_bytes = bytes[16 + 2 * i] | bytes[17 + 2 * i] << 8;
      const int rows = bytes[48 + i];
      FaultUnless(i < 8 ? row_bytes <= 64 && rows <= 16 && (row_bytes == 0) == (rows == 0)
                        : row_bytes == 0 && rows == 0);
      if (i < 8) emulated_tiles[i] = {rows, row_bytes, {}};
    }
  }
  static void Release() {
    for (EmulatedTile& tile : emulated_tiles) tile = {};
  }

  template <int kTile>
  static void Load(const void* rows, int64_t stride) {
    EmulatedTile& tile = Of<kTile>();
    tile = {tile.rows, tile.row_bytes, {}};
    for (int r = 0; r < tile.rows; ++r) {
      __builtin_memcpy(tile.bytes[r], static_cast<const char*>(rows) + r * stride,
                       static_cast<size_t>(tile.row_bytes));
    }
  }
  template <int kTile>
  static void Store(void* rows, int64_t stride) {
    const EmulatedTile& tile = Of<kTile>();
    for (int r = 0; r < tile.rows; ++r) {
      __builtin_memcpy(static_cast<char*>(rows) + r * stride, tile.bytes[r],
                       static_cast<size_t>(tile.row_bytes));
    }
  }

  template <bool kSigned>
  struct Bytes {
    template <int kSums, int kA, int kB>
    static void Add() {
      Multiply<kSums, kA, kB>(
          [](EmulatedTile& sums, const EmulatedTile& a, const EmulatedTile& b, int m, int n) {
            uint32_t sum = static_cast<uint32_t>(sums.integers[m][n]);
            for (int k = 0; k < a.row_bytes; ++k) {
              const int x = kSigned ? static_cast<signed char>(a.bytes[m][k]) : a.bytes[m][k];
              const int w = static_cast<signed char>(b.bytes[k / 4][4 * n + k % 4]);
              sum += static_cast<uint32_t>(x * w);
            }
            sums.integers[m][n] = static_cast<int32_t>(sum);
          });
    }
  };
  using SignedBytes = Bytes<true>;
  using UnsignedBytes = Bytes<false>;

  struct Bfloats {
    template <int kSums, int kA, int kB>
    static void Add() {
      Multiply<kSums, kA, kB>(
          [](EmulatedTile& sums, const EmulatedTile& a, const EmulatedTile& b, int m, int n) {
            float products[2] = {};  // of first numbers, and of second ones
            for (int k = 0; k < a.row_bytes / 2; ++k) {
              float& sum = products[k % 2];
              sum = Normal(__builtin_fmaf(Float(a.bfloats[m][k]),
                                          Float(b.bfloats[k / 2][2 * n + k % 2]), sum));
            }
            const float both = Normal(products[0] + products[1]);
            sums.reals[m][n] = Normal(Normal(sums.reals[m][n]) + both);
          });
    }
  };

 private:
  template <int kTile>
  static EmulatedTile& Of() {
    static_assert(kTile >= 0 && kTile < 8);
    FaultUnless(emulated_tiles[kTile].rows != 0);
    return emulated_tiles[kTile];
  }
  static float Float(uint16_t bfloat) {
    const uint32_t bits = uint32_t{bfloat} << 16;
    float x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return Normal(x);
  }
  // Calls add(sums, a, b, m, n) for each sum.
  template <int kSums, int kA, int kB, class Add>
  static void Multiply(const Add& add) {
    static_assert(kSums != kA && kSums != kB && kA != kB);
    EmulatedTile& sums = Of<kSums>();
    const EmulatedTile &a = Of<kA>(), &b = Of<kB>();
    FaultUnless(sums.row_bytes % 4 == 0 && a.row_bytes % 4 == 0 && b.row_bytes % 4 == 0);
    FaultUnless(sums.rows == a.rows && sums.row_bytes == b.row_bytes && a.row_bytes / 4 == b.rows);
    for (int m = 0; m < sums.rows; ++m) {
      for (int n = 0; n < sums.row_bytes / 4; ++n) add(sums, a, b, m, n);
    }
  }
};
