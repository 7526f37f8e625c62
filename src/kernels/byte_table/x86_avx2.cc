#include <immintrin.h>

#include "kernels/byte_table/byte_table.h"

namespace goldcrest::kernels::byte_table {

// The table is looked up by sixteenths: a byte selects from one, and zeros from the others.
void RunAvx2(const Table& table, const std::byte* x, std::byte* y, int64_t first,
             int64_t last) noexcept {
  const auto* parts = reinterpret_cast<const __m128i*>(&table);
  int64_t i = first;
  for (; i + 32 <= last; i += 32) {
    __m256i left = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x + i));
    __m256i found = _mm256_setzero_si256();
#pragma GCC unroll 16
    for (int k = 0; k < 16; ++k) {
      // Below 16 for bytes of this part; of all others the highest bit becomes set.
      const __m256i index = _mm256_adds_epu8(left, _mm256_set1_epi8(0x70));
      const __m256i part = _mm256_broadcastsi128_si256(_mm_loadu_si128(parts + k));
      found = _mm256_or_si256(found, _mm256_shuffle_epi8(part, index));
      left = _mm256_sub_epi8(left, _mm256_set1_epi8(16));
    }
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(y + i), found);
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(&table);
  for (; i < last; ++i) y[i] = bytes[static_cast<uint8_t>(x[i])];
}

}  // namespace goldcrest::kernels::byte_table
