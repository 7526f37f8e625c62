// Windows of 3 × 3 over the columns of several output rows, from left to right. Included before
// depthwise-inl.h, in the same way.
//
// Of a strip, one vector of channels, a column of the picture is added to the sums of all outputs
// whose windows it lies in: an input is read once for all the rows that are computed together, so
// that nothing depends on its staying in the cache (with a power of two of channels the pixels of a
// strip share few of its sets).

struct Walk {
  const Params& params;
  const float* x;  // the strip's first channel in the picture
  float* y;
  const float* w;
  Vec bias, low, high;

  // kRows output rows from `row` on, of the picture.
  template <int kStride, int kRows>
  void Rows(int64_t row) const {
    constexpr int kRead = (kRows - 1) * kStride + 3;
    constexpr int kPending = 2 / kStride;  // outputs whose windows overlap the next one's
    const Window& a = params.window;
    const int64_t channels = params.in_channels;
    Vec weights[9];
#pragma GCC unroll 9
    for (int t = 0; t < 9; ++t) weights[t] = Vec::Load(w + t * channels);
    // Rows that lie outside of the picture are left out.
    const int64_t top = row * kStride - a.pad_top;
    const int64_t row_step = a.in_w * channels;
    uint32_t inside = 0;
    for (int u = 0; u < kRead; ++u) {
      if (top + u >= 0 && top + u < a.in_h) inside |= 1U << u;
    }
    Vec sums[kPending + 1][kRows];
#pragma GCC unroll 3
    for (int i = 0; i <= kPending; ++i) {
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) sums[i][r] = bias;
    }
    // Output 0 is the first that is complete; columns before are added to it and the next.
    int64_t column = -a.pad_left;
    const float* from = x + (top * a.in_w + column) * channels;
    float* to = y + row * a.out_w * channels;
    // Adds a column, tap v of the first pending output.
    const auto add = [&](auto tap) __attribute__((always_inline)) {
      constexpr int kTap = decltype(tap)::value;
      if (column >= 0 && column < a.in_w) {
#pragma GCC unroll 6
        for (int u = 0; u < kRead; ++u) {
          if ((inside >> u & 1) == 0) continue;
          const Vec input = Vec::Load(from + u * row_step);
#pragma GCC unroll 3
          for (int i = 0; i <= kPending; ++i) {
            const int v = kTap - i * kStride;
            if (v < 0 || v > 2) continue;
#pragma GCC unroll 4
            for (int r = 0; r < kRows; ++r) {
              const int t = u - r * kStride;
              if (t < 0 || t > 2) continue;
              sums[i][r] = sums[i][r].MulAdd(input, weights[t * 3 + v]);
            }
          }
        }
      }
      ++column;
      from += channels;
    };
    using Tap0 = std::integral_constant<int, 0>;
    using Tap1 = std::integral_constant<int, 1>;
    using Tap2 = std::integral_constant<int, 2>;
    add(Tap0());
    if constexpr (kStride == 1) add(Tap1());
    for (int64_t o = 0; o < a.out_w; ++o, to += channels) {
      if constexpr (kStride == 2) add(Tap1());
      add(Tap2());
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) {
        sums[0][r].ClampTo(low, high).Store(to + r * a.out_w * channels);
#pragma GCC unroll 2
        for (int i = 0; i < kPending; ++i) sums[i][r] = sums[i + 1][r];
        sums[kPending][r] = bias;
      }
    }
  }
};

// The output rows [first, last) of the picture; kRows at once.
template <int kStride, int kRows>
void WalkPicture(const Params& params, const float* x, const float* w, const float* bias, float* y,
                 int64_t first, int64_t last) {
  const int64_t channels = params.in_channels;
  for (int64_t row = first; row < last;) {
    const bool together = last - first >= kRows;
    // A few that are left are computed with some before them, again.
    if (together && last - row < kRows) row = last - kRows;
    for (int64_t c = 0; c < channels; c += Vec::kLanes) {
      // The last strip shares channels with the one before.
      const int64_t start = c + Vec::kLanes <= channels ? c : channels - Vec::kLanes;
      const Walk walk = {params,
                         x + start,
                         y + start,
                         w + start,
                         bias != nullptr ? Vec::Load(bias + start) : Vec::Broadcast(0),
                         Vec::Broadcast(params.clamp.low),
                         Vec::Broadcast(params.clamp.high)};
      together ? walk.Rows<kStride, kRows>(row) : walk.Rows<kStride, 1>(row);
    }
    row += together ? kRows : 1;
  }
}

template <int kStride, int kRows>
void RunWalk(const Params& params, const float* x, const float* w, const float* bias, float* y,
             int64_t first, int64_t last) {
  const Window& a = params.window;
  while (first < last) {
    const int64_t picture = first / a.out_h;
    const int64_t begin = picture * a.out_h;
    const int64_t end = begin + a.out_h < last ? begin + a.out_h : last;
    WalkPicture<kStride, kRows>(params, x + picture * a.in_h * a.in_w * params.in_channels, w, bias,
                                y + begin * a.out_w * params.in_channels, first - begin,
                                end - begin);
    first = end;
  }
}
