// Windows of 3x3 and 5x5 over the columns of a line, from left to right. Each is read once and
// added to the sums of all outputs whose windows it lies in, which stay in registers until they are
// bytes. Included, after ByteRequantizer, inside the anonymous namespace of a file compiled for one
// instruction set, which has Lanes: the registers of a panel of kChannels channels, four of which
// hold its sums.
//
//   Vector, Load, Store, Repeat, Xor
//   Low8, High8, Low16, High16   interleaved within each 16 bytes
//   Add(sum, a, w)               adds the products of four unsigned and signed bytes to each lane

// Outputs [first, last) of a line, `step` bytes from each other, from y on.
template <int kTaps, int kStride>
void RunColumns(const Line& line, const ByteRequantizer& to, const std::byte* panel, int64_t first,
                int64_t last, std::byte* y, int64_t step) {
  using Vector = Lanes::Vector;
  constexpr int kGroups = ColumnsGroups(kTaps);
  constexpr int kPending = (kTaps - 1) / kStride + 1;  // outputs that a column is part of
  const std::byte* weights = panel + Lanes::kChannels * kPanelHeadBytes;
  const auto* scales = reinterpret_cast<const float*>(panel) + Lanes::kChannels;
  // Those of a small window may stay in registers.
  constexpr bool kHeld = kTaps == 3;
  Vector held[kHeld ? kTaps * kGroups * 4 : 1];
  if constexpr (kHeld) {
#pragma GCC unroll 12
    for (int i = 0; i < kTaps * kGroups * 4; ++i)
      held[i] = Lanes::Load(weights + i * Lanes::kChannels);
  }
  const auto weight = [&](int i) {
    if constexpr (kHeld) {
      return held[i];
    } else {
      return Lanes::Load(weights + i * Lanes::kChannels);
    }
  };
  const Vector sign = Lanes::Repeat(line.sign);
  const Vector outside = Lanes::Repeat(line.zero ^ line.sign);
  Vector sums[kPending][4];
#pragma GCC unroll 5
  for (int i = 0; i < kPending; ++i) {
#pragma GCC unroll 4
    for (int r = 0; r < 4; ++r) sums[i][r] = Lanes::Load(panel + r * Lanes::kChannels);
  }
  // What is added to outputs before the first is dropped.
  constexpr int kBefore = (kTaps - 1) / kStride;
  int64_t column = line.left + (first - kBefore) * kStride + kTaps - kStride;
  for (int64_t o = first - kBefore; o < last; ++o) {
#pragma GCC unroll 2
    for (int s = 0; s < kStride; ++s, ++column) {
      Vector woven[kGroups][4];
      if (static_cast<uint64_t>(column) < static_cast<uint64_t>(line.columns)) {
        Vector x[kTaps];
#pragma GCC unroll 5
        for (int u = 0; u < kTaps; ++u) {
          x[u] = Lanes::Xor(Lanes::Load(line.rows[u] + column * line.steps[u]), sign);
        }
        // Three rows leave a byte that is multiplied by zero.
        const Vector& fourth = x[kTaps == 3 ? 2 : 3];
        const Vector low01 = Lanes::Low8(x[0], x[1]), high01 = Lanes::High8(x[0], x[1]);
        const Vector low23 = Lanes::Low8(x[2], fourth), high23 = Lanes::High8(x[2], fourth);
        woven[0][0] = Lanes::Low16(low01, low23), woven[0][1] = Lanes::High16(low01, low23);
        woven[0][2] = Lanes::Low16(high01, high23), woven[0][3] = Lanes::High16(high01, high23);
        if constexpr (kGroups == 2) {
          const Vector low = Lanes::Low8(x[4], x[4]), high = Lanes::High8(x[4], x[4]);
          woven[1][0] = Lanes::Low16(low, low), woven[1][1] = Lanes::High16(low, low);
          woven[1][2] = Lanes::Low16(high, high), woven[1][3] = Lanes::High16(high, high);
        }
      } else {
#pragma GCC unroll 2
        for (int g = 0; g < kGroups; ++g) {
#pragma GCC unroll 4
          for (int r = 0; r < 4; ++r) woven[g][r] = outside;
        }
      }
#pragma GCC unroll 5
      for (int i = 0; i < kPending; ++i) {
        const int tap = kTaps - kStride + s - i * kStride;
        if (tap < 0 || tap >= kTaps) continue;
#pragma GCC unroll 2
        for (int g = 0; g < kGroups; ++g) {
#pragma GCC unroll 4
          for (int r = 0; r < 4; ++r) {
            sums[i][r] = Lanes::Add(sums[i][r], woven[g][r], weight((tap * kGroups + g) * 4 + r));
          }
        }
      }
    }
    if (o >= first) {
      const auto scale = [&](int r) { return to.LoadScale(scales + r * (Lanes::kChannels / 4)); };
      Lanes::Store(to.Woven({sums[0][0]}, scale(0), {sums[0][1]}, scale(1), {sums[0][2]}, scale(2),
                            {sums[0][3]}, scale(3)),
                   y + o * step);
    }
#pragma GCC unroll 4
    for (int r = 0; r < 4; ++r) {
#pragma GCC unroll 4
      for (int i = 0; i + 1 < kPending; ++i) sums[i][r] = sums[i + 1][r];
      sums[kPending - 1][r] = Lanes::Load(panel + r * Lanes::kChannels);
    }
  }
}

auto RunColumnsOf(const Window& a) {
  if (a.kernel_w == 3) return a.stride_w == 1 ? RunColumns<3, 1> : RunColumns<3, 2>;
  return a.stride_w == 1 ? RunColumns<5, 1> : RunColumns<5, 2>;
}
