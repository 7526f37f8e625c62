#include <arm_neon.h>

#include "kernels/quantized_conv/quantized_conv.h"
#include "kernels/requantize_sums/requantize_sums.h"

namespace goldcrest::kernels::quantized_conv {
namespace {

#include "kernels/int_neon.h"

#include "kernels/bytes-inl.h"

#include "kernels/pack_bytes_neon.h"

#include "kernels/requantize_bytes-inl.h"

constexpr auto RequantizeSums = RequantizeSumsNeon;

#include "kernels/quantized_conv/dot_neon.h"

// Eight elements of two pixels by those of two channels at once: a register has the sums of the
// first pixel, then those of the second.
struct Dot : BytesDot {
  using BytesDot::BytesDot;
  static constexpr int64_t kGroup = 8;
  static constexpr bool kTogether = true;

  template <int kVectors, int kCount>
  [[gnu::always_inline]] static void Multiply(const Element* a, int64_t stride, int64_t groups,
                                              const int32_t* bias, const Weight* weights,
                                              Int (&sums)[kCount][kVectors]) {
    constexpr int kRows = (kCount + 1) / 2;
    constexpr int kColumns = static_cast<int>(Int::kLanes) / 2 * kVectors;
    int32x4_t pairs[kRows][kColumns];
#pragma GCC unroll 8
    for (int c = 0; c < kColumns; ++c) {
      const int32x2_t start = vld1_s32(bias + 2 * c);
#pragma GCC unroll 3
      for (int r = 0; r < kRows; ++r) pairs[r][c] = vcombine_s32(start, start);
    }
    for (int64_t g = 0; g < groups; ++g, a += kGroup, weights += 2 * kColumns * kGroup) {
      int8x16_t x[kRows];
#pragma GCC unroll 3
      for (int r = 0; r < kRows; ++r) {
        // An odd one is its own neighbour.
        const int second = 2 * r + 1 < kCount ? 2 * r + 1 : 2 * r;
        x[r] = vcombine_s8(vld1_s8(a + 2 * r * stride), vld1_s8(a + second * stride));
      }
#pragma GCC unroll 8
      for (int c = 0; c < kColumns; ++c) {
        const int8x16_t w = vld1q_s8(weights + c * 2 * kGroup);
#pragma GCC unroll 3
        for (int r = 0; r < kRows; ++r) pairs[r][c] = vmmlaq_s32(pairs[r][c], x[r], w);
      }
    }
#pragma GCC unroll 6
    for (int r = 0; r < kCount; ++r) {
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) {
        const int32x4_t* from = &pairs[r / 2][4 * v];
        sums[r][v] = {Row(from[0], from[1], r % 2), Row(from[2], from[3], r % 2)};
      }
    }
  }

 private:
  static int32x4_t Row(int32x4_t a, int32x4_t b, int row) {
    const int64x2_t x = vreinterpretq_s64_s32(a), y = vreinterpretq_s64_s32(b);
    return vreinterpretq_s32_s64(row == 0 ? vzip1q_s64(x, y) : vzip2q_s64(x, y));
  }
};

#include "kernels/quantized_conv/quantized_conv-inl.h"

}  // namespace

void RunNeonI8mm(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                 const Block& block) noexcept {
  Tile<6>::Run<std::byte>(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::quantized_conv
