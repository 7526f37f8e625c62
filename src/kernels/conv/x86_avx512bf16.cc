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
  using Factor = typename PairsOf<V>::Type;
  static Factor Load(const Pair* weights) { return Factor::Load(weights); }
  static Factor Broadcast(Pair x) { return Factor::Broadcast(x); }
  static V MulAdd(V sum, Factor x, Factor w) { return AddProducts(sum, x, w); }

  template <int kRows>
  struct Stage {
    Pair rounded[kRows][kMostRounded / 2];
    const Pair* starts[kRows];

    Runs<kRows, Pair> Of(const Runs<kRows>& runs, int rows) {
      const int64_t depth = runs.count * runs.length;
      for (int r = 0; r < rows; ++r) {
        rounded[r][(depth - 1) / 2] = 0;  // the last pair may be half empty
        for (int64_t run = 0; run < runs.count; ++run) {
          Round(runs.starts[run * kRows + r], runs.length, rounded[r], run * runs.length);
        }
        starts[r] = rounded[r];
      }
      return {starts, 1, (depth + 1) / 2};
    }
  };
};

}  // namespace

void RunAvx512Bf16Tile8x32(const Params& params, const float* x, const float* packed, float* y,
                           const Block& block) noexcept {
  Tile<8, 2, HalfVec, RoundedPairs>::Run(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::conv
