#include <immintrin.h>

#include "kernels/quantized_depthwise/columns/columns.h"
#include "kernels/quantized_depthwise/quantized_depthwise.h"

namespace goldcrest::kernels::quantized_depthwise {
namespace {

namespace lanes64 {

#include "kernels/int_avx512.h"

#include "kernels/pack_bytes_avx512.h"

#include "kernels/requantize_bytes-inl.h"

struct Lanes {
  using Vector = __m512i;
  static constexpr int64_t kChannels = 64;
  static Vector Load(const std::byte* p) { return _mm512_loadu_si512(p); }
  static void Store(Vector v, std::byte* p) { _mm512_storeu_si512(p, v); }
  static Vector Repeat(std::byte b) { return _mm512_set1_epi8(static_cast<char>(b)); }
  static Vector Xor(Vector a, Vector b) { return _mm512_xor_si512(a, b); }
  static Vector AByteFurther(Vector a) { return _mm512_slli_epi32(a, 8); }
  static Vector Low8(Vector a, Vector b) { return _mm512_unpacklo_epi8(a, b); }
  static Vector High8(Vector a, Vector b) { return _mm512_unpackhi_epi8(a, b); }
  static Vector Low16(Vector a, Vector b) { return _mm512_unpacklo_epi16(a, b); }
  static Vector High16(Vector a, Vector b) { return _mm512_unpackhi_epi16(a, b); }
  static Vector Add(Vector sum, Vector a, Vector w) { return _mm512_dpbusd_epi32(sum, a, w); }
};

#include "kernels/quantized_depthwise/columns/columns-inl.h"

}  // namespace lanes64

// The rest, on half of the register.
namespace lanes32 {

#include "kernels/int_avx2.h"

#include "kernels/bytes-inl.h"

#include "kernels/pack_bytes_avx2.h"

#include "kernels/requantize_bytes-inl.h"

struct Lanes {
  using Vector = __m256i;
  static constexpr int64_t kChannels = 32;
  static Vector Load(const std::byte* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  static void Store(Vector v, std::byte* p) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v);
  }
  static Vector Repeat(std::byte b) { return _mm256_set1_epi8(static_cast<char>(b)); }
  static Vector Xor(Vector a, Vector b) { return _mm256_xor_si256(a, b); }
  static Vector AByteFurther(Vector a) { return _mm256_slli_epi32(a, 8); }
  static Vector Low8(Vector a, Vector b) { return _mm256_unpacklo_epi8(a, b); }
  static Vector High8(Vector a, Vector b) { return _mm256_unpackhi_epi8(a, b); }
  static Vector Low16(Vector a, Vector b) { return _mm256_unpacklo_epi16(a, b); }
  static Vector High16(Vector a, Vector b) { return _mm256_unpackhi_epi16(a, b); }
  static Vector Add(Vector sum, Vector a, Vector w) { return _mm256_dpbusd_epi32(sum, a, w); }
};

#include "kernels/quantized_depthwise/columns/columns-inl.h"

#include "kernels/quantized_depthwise/columns/pixels-inl.h"

}  // namespace lanes32

}  // namespace

void RunAvx512VnniColumns(const Params& params, const std::byte* x, const std::byte* packed,
                          std::byte* y, int64_t first, int64_t last) noexcept {
  const Window& a = params.window;
  const int64_t channels = params.in_channels;
  const auto run64 = lanes64::RunColumnsOf(a);
  const auto run32 = lanes32::RunColumnsOf(a);
  const int64_t channel_bytes = kPanelHeadBytes + ColumnsGroups(a.kernel_w) * 4;
  const lanes64::ByteRequantizer bytes64(params.layer);
  const lanes32::ByteRequantizer bytes32(params.layer);
  const auto zero = static_cast<std::byte>(params.layer.input_zero);
  Line line = {.left = -a.pad_left,
               .columns = a.in_w,
               .zero = zero,
               .sign = static_cast<std::byte>(UnsignedOffset(params.layer))};
  std::byte outside[128];
  for (std::byte& b : outside) b = zero;
  // Two lines at once, or one.
  const bool by_twos = a.kernel_w == 3 && a.stride_w == 1;
  const std::byte* rows[5];
  for (int64_t i = first, lines = 1; i < last; i += lines) {
    const bool narrow = channels < ColumnsWidth(channels, 0);
    lines = by_twos && !narrow && i + 1 < last && (i + 1) % a.out_h != 0 ? 2 : 1;
    const int64_t read = a.kernel_h + (by_twos ? 1 : 0);
    for (int64_t u = 0; u < read; ++u) {
      const int64_t row = i % a.out_h * a.stride_h - a.pad_top + u * a.dilation_h;
      const bool inside = row >= 0 && row < a.in_h;
      rows[u] = x + (i / a.out_h * a.in_h + (inside ? row : 0)) * a.in_w * channels;
      line.steps[u] = inside ? channels : 0;
    }
    const int64_t line_bytes = a.out_w * channels;
    if (narrow) {
      for (int64_t u = 0; u < a.kernel_h; ++u) {
        line.rows[u] = line.steps[u] == 0 ? outside : rows[u];
      }
      lanes32::RunPixels(line, bytes32, packed, channels, a.stride_w, a.out_w, y + i * line_bytes);
      continue;
    }
    const std::byte* panel = packed;
    for (int64_t c = 0; c < channels;) {
      const int64_t width = ColumnsWidth(channels, c);
      const int64_t channel = c + width <= channels ? c : channels - width;
      for (int64_t u = 0; u < read; ++u) {
        line.rows[u] = line.steps[u] == 0 ? outside : rows[u] + channel;
      }
      std::byte* to = y + i * line_bytes + channel;
      std::byte* second = lines == 2 ? to + line_bytes : to;
      if (by_twos && width == 64) {
        lanes64::RunTwoLines(line, bytes64, panel, a.out_w, to, second, channels);
      } else if (by_twos) {
        lanes32::RunTwoLines(line, bytes32, panel, a.out_w, to, second, channels);
      } else if (width == 64) {
        run64(line, bytes64, panel, 0, a.out_w, to, channels);
      } else {
        run32(line, bytes32, panel, 0, a.out_w, to, channels);
      }
      c += width;
      panel += width * channel_bytes;
    }
  }
}

}  // namespace goldcrest::kernels::quantized_depthwise
