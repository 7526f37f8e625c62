// The files of AVX-VNNI as they are, with plain C++ in the place of its one instruction. Compiled
// for AVX2.
#include <immintrin.h>

#include "kernels/emulations.h"

namespace goldcrest::kernels {
namespace {

// VPDPBUSD: four unsigned bytes by four signed ones, added to each sum without saturating.
__m256i EmulatedDpbusd(__m256i sums, __m256i a, __m256i b) {
  uint32_t result[8];
  uint8_t x[32];
  int8_t w[32];
  __builtin_memcpy(result, &sums, sizeof result);
  __builtin_memcpy(x, &a, sizeof x);
  __builtin_memcpy(w, &b, sizeof w);
  for (int i = 0; i < 32; ++i) result[i / 4] += static_cast<uint32_t>(x[i] * w[i]);
  __builtin_memcpy(&sums, result, sizeof sums);
  return sums;
}

}  // namespace
}  // namespace goldcrest::kernels

#define _mm256_dpbusd_avx_epi32 EmulatedDpbusd
#define RunAvxVnni RunEmulatedAvxVnni

#include "kernels/quantized_conv/x86_avxvnni.cc"
#include "kernels/quantized_depthwise/x86_avxvnni.cc"
