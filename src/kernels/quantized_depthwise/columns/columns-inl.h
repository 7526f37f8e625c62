// Windows of 3x3 and 5x5 over the columns of a line, from left to right. Each is read once and
// added to the sums of all outputs whose windows it lies in, which stay in registers until they are
// bytes. Included, after ByteRequantizer, inside the anonymous namespace of a file compiled for one
// instruction set, which has Lanes: the registers of a panel of kChannels channels, four of which
// hold its sums.
//
//   Vector, Load, Store, Repeat, Xor
//   Low8, High8, Low16, High16   interleaved within each 16 bytes
//   AByteFurther                 of each lane
//   Add(sum, a, w)               adds the products of four unsigned and signed bytes to each lane

// Bytes of a channel in each lane.
inline void Interleave(Lanes::Vector a, Lanes::Vector b, Lanes::Vector c, Lanes::Vector d,
                       Lanes::Vector (&to)[4]) {
  const Lanes::Vector low_ab = Lanes::Low8(a, b), high_ab = Lanes::High8(a, b);
  const Lanes::Vector low_cd = Lanes::Low8(c, d), high_cd = Lanes::High8(c, d);
  to[0] = Lanes::Low16(low_ab, low_cd), to[1] = Lanes::High16(low_ab, low_cd);
  to[2] = Lanes::Low16(high_ab, high_cd), to[3] = Lanes::High16(high_ab, high_cd);
}

// Outputs [first, last) of a line, `step` bytes from each other, from y on.
template <int kTaps, int kStride>
void RunColumns(const Line& line, ByteRequantizer to, const std::byte* panel, int64_t first,
                int64_t last, std::byte* y, int64_t step) {
  using Vector = Lanes::Vector;
  constexpr int kPending = (kTaps - 1) / kStride;  // outputs whose windows overlap the next one's
  const std::byte* weights = panel + Lanes::kChannels * kPanelHeadBytes;
  const auto* scales = reinterpret_cast<const float*>(panel) + Lanes::kChannels;
  // Those of a small window may stay in registers.
  constexpr bool kHeld = kTaps == 3;
  Vector held[kHeld ? 12 : 1];
  if constexpr (kHeld) {
#pragma GCC unroll 12
    for (int i = 0; i < 12; ++i) held[i] = Lanes::Load(weights + i * Lanes::kChannels);
  }
  const auto weight = [&](int group, int r) {
    const int i = group * 4 + r;
    if constexpr (kHeld) {
      return held[i];
    } else {
      return Lanes::Load(weights + i * Lanes::kChannels);
    }
  };
  const Vector sign = Lanes::Repeat(line.sign);
  const Vector outside = Lanes::Repeat(line.zero ^ line.sign);
  // What is added to outputs before the first is dropped.
  int64_t o = first - kPending;
  y += o * step;
  int64_t column = line.left + o * kStride + kTaps - kStride;
  const std::byte* rows[kTaps];
#pragma GCC unroll 5
  for (int u = 0; u < kTaps; ++u) rows[u] = line.rows[u] + column * line.steps[u];
  Vector sums[kPending][4];
#pragma GCC unroll 4
  for (int i = 0; i < kPending; ++i) {
#pragma GCC unroll 4
    for (int r = 0; r < 4; ++r) sums[i][r] = outside;
  }
  // The last row's latest columns, of a window of five.
  Vector latest[4] = {outside, outside, outside, outside};
  // Reads what the next output's window has more than its neighbour's.
  const auto advance = [&]() __attribute__((always_inline)) {
    Vector woven[4];
#pragma GCC unroll 2
    for (int s = 0; s < kStride; ++s, ++column) {
      Vector x[kTaps];
      if (static_cast<uint64_t>(column) < static_cast<uint64_t>(line.columns)) {
#pragma GCC unroll 5
        for (int u = 0; u < kTaps; ++u) x[u] = Lanes::Xor(Lanes::Load(rows[u]), sign);
        // Three rows leave a byte that is multiplied by zero.
        Interleave(x[0], x[1], x[2], x[kTaps == 3 ? 2 : 3], woven);
      } else {
        x[kTaps - 1] = outside;
#pragma GCC unroll 4
        for (int r = 0; r < 4; ++r) woven[r] = outside;
      }
#pragma GCC unroll 5
      for (int u = 0; u < kTaps; ++u) rows[u] += line.steps[u];
      if constexpr (kTaps == 5) {
        latest[0] = latest[1], latest[1] = latest[2], latest[2] = latest[3], latest[3] = x[4];
      }
#pragma GCC unroll 4
      for (int i = s < kStride - 1 ? 0 : 1; i < kPending; ++i) {
#pragma GCC unroll 4
        for (int r = 0; r < 4; ++r) {
          const int tap = kTaps - kStride + s - i * kStride;
          sums[i][r] = Lanes::Add(sums[i][r], woven[r], weight(tap, r));
        }
      }
    }
    Vector last_row[4];
    if constexpr (kTaps == 5) Interleave(latest[0], latest[1], latest[2], latest[3], last_row);
    if (o >= first) {
      const auto rounded = [&](int r) __attribute__((always_inline)) {
        return Int{sums[0][r]}.Times(to.LoadScale(scales + r * (Lanes::kChannels / 4)));
      };
#pragma GCC unroll 4
      for (int r = 0; r < 4; ++r) {
        sums[0][r] = Lanes::Add(sums[0][r], woven[r], weight(kTaps - 1, r));
        if constexpr (kTaps == 5) sums[0][r] = Lanes::Add(sums[0][r], last_row[r], weight(5, r));
      }
      Lanes::Store(to.Woven(rounded(0), rounded(1), rounded(2), rounded(3)), y);
    }
    y += step;
#pragma GCC unroll 4
    for (int r = 0; r < 4; ++r) {
      if constexpr (kTaps == 5) sums[1][r] = Lanes::Add(sums[1][r], last_row[r], weight(6, r));
#pragma GCC unroll 4
      for (int i = 0; i + 1 < kPending; ++i) sums[i][r] = sums[i + 1][r];
      const Vector bias = Lanes::Load(panel + r * Lanes::kChannels);
      sums[kPending - 1][r] = Lanes::Add(bias, woven[r], weight(0, r));
    }
  };
  while (true) {
    advance();
    if (++o == last) break;
  }
}

// Of windows of 3x3 and a stride of 1 the outputs of two lines: four rows are woven together once
// for both, and the second line's weights, which begin with the second row, are the first's a byte
// further. `y` is the first line's first output and `second` the other's, or the same again where
// there is one line only.
inline void RunTwoLines(const Line& line, ByteRequantizer to, const std::byte* panel,
                        int64_t outputs, std::byte* y, std::byte* second, int64_t step) {
  using Vector = Lanes::Vector;
  constexpr int kRegisters = 4;
  const std::byte* weights = panel + Lanes::kChannels * kPanelHeadBytes;
  const auto* scales = reinterpret_cast<const float*>(panel) + Lanes::kChannels;
  Vector further[3 * kRegisters];
  for (int i = 0; i < 3 * kRegisters; ++i) {
    further[i] = Lanes::AByteFurther(Lanes::Load(weights + i * Lanes::kChannels));
  }
  const Vector sign = Lanes::Repeat(line.sign);
  const Vector outside = Lanes::Repeat(line.zero ^ line.sign);
  const std::byte *row0 = line.rows[0], *row1 = line.rows[1], *row2 = line.rows[2],
                  *row3 = line.rows[3];
  const int64_t step0 = line.steps[0], step1 = line.steps[1], step2 = line.steps[2],
                step3 = line.steps[3];
  int64_t column = line.left;
  row0 += column * step0, row1 += column * step1, row2 += column * step2, row3 += column * step3;
  // Of the next output and that after it; what is added before there are any is dropped.
  Vector sums[2][2][kRegisters];
#pragma GCC unroll 4
  for (int r = 0; r < kRegisters; ++r) {
    sums[0][0][r] = sums[0][1][r] = sums[1][0][r] = sums[1][1][r] = outside;
  }
  for (int64_t o = -2; o < outputs; ++o, ++column) {
    Vector woven[kRegisters];
    if (static_cast<uint64_t>(column) < static_cast<uint64_t>(line.columns)) {
      Interleave(Lanes::Xor(Lanes::Load(row0), sign), Lanes::Xor(Lanes::Load(row1), sign),
                 Lanes::Xor(Lanes::Load(row2), sign), Lanes::Xor(Lanes::Load(row3), sign), woven);
    } else {
#pragma GCC unroll 4
      for (int r = 0; r < kRegisters; ++r) woven[r] = outside;
    }
    row0 += step0, row1 += step1, row2 += step2, row3 += step3;
    const auto weight = [&](int l, int tap, int r) __attribute__((always_inline)) {
      const int i = tap * kRegisters + r;
      return l == 1 ? further[i] : Lanes::Load(weights + i * Lanes::kChannels);
    };
    if (o >= 0) {
#pragma GCC unroll 2
      for (int l = 1; l >= 0; --l) {
#pragma GCC unroll 4
        for (int r = 0; r < kRegisters; ++r) {
          sums[l][0][r] = Lanes::Add(sums[l][0][r], woven[r], weight(l, 2, r));
        }
        const auto rounded = [&](int r) __attribute__((always_inline)) {
          return Int{sums[l][0][r]}.Times(to.LoadScale(scales + r * (Lanes::kChannels / 4)));
        };
        Lanes::Store(to.Woven(rounded(0), rounded(1), rounded(2), rounded(3)),
                     (l == 1 ? second : y) + o * step);
      }
    }
#pragma GCC unroll 2
    for (int l = 0; l < 2; ++l) {
#pragma GCC unroll 4
      for (int r = 0; r < kRegisters; ++r) {
        sums[l][0][r] = Lanes::Add(sums[l][1][r], woven[r], weight(l, 1, r));
        sums[l][1][r] =
            Lanes::Add(Lanes::Load(panel + r * Lanes::kChannels), woven[r], weight(l, 0, r));
      }
    }
  }
}

auto RunColumnsOf(const Window& a) {
  if (a.kernel_w == 3) return RunColumns<3, 2>;
  return a.stride_w == 1 ? RunColumns<5, 1> : RunColumns<5, 2>;
}
