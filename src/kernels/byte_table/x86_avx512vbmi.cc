#include <immintrin.h>

#include "kernels/byte_table/byte_table.h"

namespace goldcrest::kernels::byte_table {

// The table lies in four registers: seven bits of a byte select from two of them, the eighth which
// two.
void RunAvx512Vbmi(const Table& table, const std::byte* x, std::byte* y, int64_t first,
                   int64_t last) noexcept {
  const auto* entries = reinterpret_cast<const uint8_t*>(&table);
  const __m512i low[2] = {_mm512_loadu_si512(entries), _mm512_loadu_si512(entries + 64)};
  const __m512i high[2] = {_mm512_loadu_si512(entries + 128), _mm512_loadu_si512(entries + 192)};
  auto look_up = [&](__m512i bytes) {
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(bytes),
                                  _mm512_permutex2var_epi8(low[0], bytes, low[1]),
                                  _mm512_permutex2var_epi8(high[0], bytes, high[1]));
  };
  int64_t i = first;
  for (; i + 64 <= last; i += 64) {
    _mm512_storeu_si512(y + i, look_up(_mm512_loadu_si512(x + i)));
  }
  if (i == last) return;
  const __mmask64 rest = (__mmask64{1} << (last - i)) - 1;
  _mm512_mask_storeu_epi8(y + i, rest, look_up(_mm512_maskz_loadu_epi8(rest, x + i)));
}

}  // namespace goldcrest::kernels::byte_table
