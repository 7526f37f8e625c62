// The tile registers of AMX. For files compiled for AMX only, inside their anonymous namespace.
// Written in assembly, which says what is read and written: the intrinsics of GCC do not, and
// stores to what a tile is loaded from could be moved behind the loading.

struct Tiles {
  static void Configure(const void* to) { asm volatile("ldtilecfg (%0)" : : "r"(to) : "memory"); }
  // Switches of threads are cheaper without them.
  static void Release() { asm volatile("tilerelease"); }

  // Rows are `stride` bytes apart.
  template <int kTile>
  static void Load(const void* rows, int64_t stride) {
    asm volatile("tileloadd (%0,%1,1), %%tmm%c2" : : "r"(rows), "r"(stride), "i"(kTile) : "memory");
  }
  template <int kTile>
  static void Store(void* rows, int64_t stride) {
    asm volatile("tilestored %%tmm%c2, (%0,%1,1)"
                 :
                 : "r"(rows), "r"(stride), "i"(kTile)
                 : "memory");
  }

  // sums[m][n] += a[m] · b[..][n]: four bytes, or two bfloat16, of each row of b go together.
  struct SignedBytes {
    template <int kSums, int kA, int kB>
    static void Add() {
      asm volatile("tdpbssd %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(kSums), "i"(kA), "i"(kB));
    }
  };
  // Those of a.
  struct UnsignedBytes {
    template <int kSums, int kA, int kB>
    static void Add() {
      asm volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(kSums), "i"(kA), "i"(kB));
    }
  };
  struct Bfloats {
    template <int kSums, int kA, int kB>
    static void Add() {
      asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(kSums), "i"(kA), "i"(kB));
    }
  };
};
