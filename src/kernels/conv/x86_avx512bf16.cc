#include <immintrin.h>

#include <type_traits>

#include "kernels/conv/conv.h"

namespace goldcrest::kernels::conv {
namespace {

#include "kernels/vec_avx512.h"

#include "kernels/pairs_avx512bf16.h"

#include "kernels/conv/conv-inl.h"

// Pairs of bfloat16; a pixel's runs become one, rounded once for all output channels.
template <class V>
struct RoundedPairs {
  using Element = Pair;
  static constexpr int64_t kMostTall = kMostRounded;
  using Factor = typename PairsOf<V>::Type;
  static Factor Load(const Pair* weights) { return Factor::Load(weights); }
  static Factor Broadcast(Pair x) { return Factor::Broadcast(x); }
  static V MulAdd(V sum, Factor x, Factor w) { return AddProducts(sum, x, w); }

  template <int kRows>
  struct Stage {
    static constexpr int64_t kLine = 16;  // of the cache, in pairs
    alignas(64) Pair rounded[kTallRows * (kMostRounded / 2 + 2 * kLine)];
    const Pair* starts[kRows];

    Runs<kRows, Pair> Of(const Runs<kRows>& runs, int rows) {
      const int64_t depth = runs.count * runs.length;
      const int64_t stride = Stride(depth);
      for (int r = 0; r < rows; ++r) {
        Pair* row = rounded + r * stride;
        row[(depth - 1) / 2] = 0;  // the last pair may be half empty
        for (int64_t run = 0; run < runs.count; ++run) {
          Round(runs.starts[run * kRows + r], runs.length, row, run * runs.length);
        }
        starts[r] = row;
      }
      return {starts, 1, (depth + 1) / 2};
    }

    Pixels<Pair> OfPixels(const float* x, int64_t channels) {
      const int64_t stride = Stride(channels);
      Pair* row = rounded;
      for (int r = 0; r < kTallRows; ++r, row += stride, x += channels) {
        row[(channels - 1) / 2] = 0;
        Round(x, channels, row, 0);
      }
      return {rounded, stride, (channels + 1) / 2};
    }

    // An odd number of lines, so that rows share no sets.
    static int64_t Stride(int64_t depth) { return ((depth / 2 / kLine + 1) | 1) * kLine; }
  };
};

}  // namespace

void RunAvx512Bf16Tile14x32(const Params& params, const float* x, const float* packed, float* y,
                            const Block& block) noexcept {
  Tile<7, 2, HalfVec, RoundedPairs, true>::Run(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::conv
