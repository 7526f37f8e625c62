// Windows of 3x3 over pixels of 8 or 16 channels: 32 bytes of neighbouring outputs in one panel.
// Included after columns-inl.h, in the same way, where Lanes::kChannels is 32 and the instruction
// set has masks.

// `count` vectors of outputs to y, of which the first reads the rows from `rows` on and others what
// lies so many `steps` further.
template <int kStride>
void Pixels(const std::byte* const (&rows)[3], const int64_t (&steps)[3], int64_t count,
            ByteRequantizer to, const std::byte* panel, __m256i sign, int64_t channels,
            std::byte* y) {
  const std::byte* weights = panel + Lanes::kChannels * kPanelHeadBytes;
  const auto* scales = reinterpret_cast<const float*>(panel) + Lanes::kChannels;
  const auto scale = [&](int r) { return to.LoadScale(scales + r * (Lanes::kChannels / 4)); };
  const auto load = [&](const std::byte* p) __attribute__((always_inline)) {
    if constexpr (kStride == 1) return Lanes::Load(p);
    // Two pixels of 16 channels.
    return _mm256_loadu2_m128i(reinterpret_cast<const __m128i*>(p + kStride * 16),
                               reinterpret_cast<const __m128i*>(p));
  };
  const std::byte *row0 = rows[0], *row1 = rows[1], *row2 = rows[2];
  const int64_t step0 = steps[0], step1 = steps[1], step2 = steps[2];
  for (; count > 0; --count, y += Lanes::kChannels) {
    __m256i sums[4];
#pragma GCC unroll 4
    for (int r = 0; r < 4; ++r) sums[r] = Lanes::Load(panel + r * Lanes::kChannels);
#pragma GCC unroll 3
    for (int v = 0; v < 3; ++v) {
      const __m256i last = Lanes::Xor(load(row2 + v * channels), sign);
      __m256i woven[4];
      Interleave(Lanes::Xor(load(row0 + v * channels), sign),
                 Lanes::Xor(load(row1 + v * channels), sign), last, last, woven);
#pragma GCC unroll 4
      for (int r = 0; r < 4; ++r) {
        sums[r] =
            Lanes::Add(sums[r], woven[r], Lanes::Load(weights + (v * 4 + r) * Lanes::kChannels));
      }
    }
    row0 += step0, row1 += step1, row2 += step2;
    const auto rounded = [&](int r) __attribute__((always_inline)) {
      return Int{sums[r]}.Times(scale(r));
    };
    Lanes::Store(to.Woven(rounded(0), rounded(1), rounded(2), rounded(3)), y);
  }
}

// `outputs` of a line.
inline void RunPixels(const Line& line, const ByteRequantizer& to, const std::byte* panel,
                      int64_t channels, int64_t stride, int64_t outputs, std::byte* y) {
  const auto run = stride == 1 ? Pixels<1> : Pixels<2>;
  const __m256i sign = Lanes::Repeat(line.sign);
  const int64_t pixels = Lanes::kChannels / channels;
  const int64_t read = (pixels - 1) * stride + 3;  // columns of one vector
  const std::byte* rows[3];
  int64_t steps[3];
  for (int64_t o = 0; o < outputs;) {
    // The last share some with those before, if there are.
    if (outputs - o < pixels && outputs > pixels) o = outputs - pixels;
    const int64_t left = line.left + o * stride;
    int64_t count = 1;
    std::byte copies[3][128];
    if (left >= 0 && left + read <= line.columns) {
      const int64_t fitting = (line.columns - left - read) / (pixels * stride) + 1;
      const int64_t wanted = (outputs - o) / pixels;
      if (wanted > 1) count = wanted < fitting ? wanted : fitting;
      for (int u = 0; u < 3; ++u) {
        rows[u] = line.rows[u] + left * line.steps[u];
        steps[u] = line.steps[u] * pixels * stride;
      }
    } else {  // with what lies outside, byte by byte
      const int64_t before = left < 0 ? -left * channels : 0;
      const int64_t end = line.columns <= left ? 0 : (line.columns - left) * channels;
      for (int u = 0; u < 3; ++u) {
        const std::byte* from = line.rows[u] + left * line.steps[u];
        for (int64_t i = 0; i < 128; i += 64) {
          const auto below = [&](int64_t n) {
            return n <= i ? 0 : n - i >= 64 ? ~uint64_t{0} : (uint64_t{1} << (n - i)) - 1;
          };
          const uint64_t there = line.steps[u] == 0 ? 0 : below(end) & ~below(before);
          _mm512_storeu_si512(copies[u] + i,
                              _mm512_mask_loadu_epi8(_mm512_set1_epi8(static_cast<char>(line.zero)),
                                                     there, from + i));
        }
        rows[u] = copies[u];
        steps[u] = 0;
      }
    }
    if (outputs < pixels) {
      std::byte all[Lanes::kChannels];
      run(rows, steps, 1, to, panel, sign, channels, all);
      CopyFew<Lanes::kChannels>(all, y, outputs * channels);
      return;
    }
    run(rows, steps, count, to, panel, sign, channels, y + o * channels);
    o += count * pixels;
  }
}
