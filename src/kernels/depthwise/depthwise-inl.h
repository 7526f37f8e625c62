// The depthwise convolution over a vector type Vec, one filter a channel. Included inside the
// anonymous namespace of a file compiled for one instruction set.
//
// A strip is one vector of channels of some output rows. Windows of 3 × 3 with a stride of 1 or 2
// walk several rows at once (walk-inl.h), those of 5 × 5 compute a few neighbouring columns at
// once: each input is loaded once for all of these outputs whose windows it lies in. Other windows
// are computed pixel by pixel, and so are fewer channels than a vector has.

// A row outside of the picture: read with a step of 0.
constexpr float kZeroRow[Vec::kLanes] = {};

// A vector of channels; `count` of its lanes are there.
struct Strip {
  const Params& params;
  const float* picture;  // all pointers are at the strip's first channel
  const float* w;
  Vec bias, low, high;
  int64_t count;

  template <bool kWhole>
  Vec Load(const float* p) const {
    if constexpr (kWhole) return Vec::Load(p);
    return Vec::LoadPartial(p, count);
  }

  template <bool kWhole>
  void Put(Vec sum, float* to) const {
    const Vec result = sum.ClampTo(low, high);
    if constexpr (kWhole) {
      result.Store(to);
    } else {
      result.StorePartial(to, count);
    }
  }

  template <bool kWhole>
  void AnyRow(int64_t in_top, float* y) const {
    const Window& a = params.window;
    for (int64_t column = 0; column < a.out_w; ++column) {
      Vec sum = bias;
      for (int64_t u = 0; u < a.kernel_h; ++u) {
        const int64_t in_y = in_top + u * a.dilation_h;
        if (in_y < 0 || in_y >= a.in_h) continue;
        for (int64_t v = 0; v < a.kernel_w; ++v) {
          const int64_t in_x = column * a.stride_w - a.pad_left + v * a.dilation_w;
          if (in_x < 0 || in_x >= a.in_w) continue;
          sum = sum.MulAdd(Load<kWhole>(picture + (in_y * a.in_w + in_x) * params.in_channels),
                           Load<kWhole>(w + (u * a.kernel_w + v) * params.in_channels));
        }
      }
      Put<kWhole>(sum, y + column * params.in_channels);
    }
  }

  // The rows that a square window of kSide reads.
  template <int kSide>
  struct Rows {
    const float* start[kSide];
    int64_t step[kSide];  // from pixel to pixel
  };

  // kColumns outputs from `column` on.
  static constexpr int kColumns = 4;
  template <int kSide, int kStride>
  void Columns(const Vec (&weights)[kSide * kSide], const Rows<kSide>& rows, int64_t column,
               float* y) const {
    const Window& a = params.window;
    Vec sums[kColumns];
#pragma GCC unroll 4
    for (int o = 0; o < kColumns; ++o) sums[o] = bias;
    const int64_t left = column * kStride - a.pad_left;
#pragma GCC unroll 11
    for (int i = 0; i < (kColumns - 1) * kStride + kSide; ++i) {
      if (left + i < 0 || left + i >= a.in_w) continue;
#pragma GCC unroll 5
      for (int u = 0; u < kSide; ++u) {
        const Vec input = Vec::Load(rows.start[u] + (left + i) * rows.step[u]);
#pragma GCC unroll 4
        for (int o = 0; o < kColumns; ++o) {
          const int v = i - o * kStride;
          if (v >= 0 && v < kSide) sums[o] = sums[o].MulAdd(input, weights[u * kSide + v]);
        }
      }
    }
#pragma GCC unroll 4
    for (int o = 0; o < kColumns; ++o) {
      Put<true>(sums[o], y + (column + o) * params.in_channels);
    }
  }

  template <int kSide, int kStride>
  void SquareRow(const Vec (&weights)[kSide * kSide], int64_t in_top, float* y) const {
    const Window& a = params.window;
    if (a.out_w < kColumns) return AnyRow<true>(in_top, y);
    Rows<kSide> rows;
#pragma GCC unroll 5
    for (int u = 0; u < kSide; ++u) {
      const int64_t in_y = in_top + u * a.dilation_h;
      const bool inside = in_y >= 0 && in_y < a.in_h;
      rows.start[u] = inside ? picture + in_y * a.in_w * params.in_channels : kZeroRow;
      rows.step[u] = inside ? params.in_channels : 0;
    }
    // A few that are left are computed with some before them, again.
    for (int64_t column = 0; column < a.out_w; column += kColumns) {
      column = a.out_w - column < kColumns ? a.out_w - kColumns : column;
      Columns<kSide, kStride>(weights, rows, column, y);
    }
  }
};

// The strip at channel c of the output rows [first, last); any window where kSide is 0.
template <bool kWhole, int kSide, int kStride>
void RunStrip(const Params& params, const float* x, const float* w, const float* bias, float* y,
              int64_t first, int64_t last, int64_t c, int64_t count) {
  const Window& a = params.window;
  Strip strip{params,
              nullptr,
              w + c,
              bias != nullptr ? Vec::LoadPartial(bias + c, count) : Vec::Broadcast(0),
              Vec::Broadcast(params.clamp.low),
              Vec::Broadcast(params.clamp.high),
              count};
  Vec weights[kSide > 0 ? kSide * kSide : 1];
#pragma GCC unroll 25
  for (int t = 0; t < kSide * kSide; ++t) weights[t] = Vec::Load(strip.w + t * params.in_channels);
  for (int64_t row = first; row < last; ++row) {
    strip.picture = x + row / a.out_h * a.in_h * a.in_w * params.in_channels + c;
    const int64_t in_top = row % a.out_h * a.stride_h - a.pad_top;
    float* to = y + row * a.out_w * params.in_channels + c;
    if constexpr (kSide == 0) {
      strip.AnyRow<kWhole>(in_top, to);
    } else {
      strip.SquareRow<kSide, kStride>(weights, in_top, to);
    }
  }
}

template <int kSide, int kStride>
void RunStrips(const Params& params, const float* x, const float* w, const float* bias, float* y,
               int64_t first, int64_t last) {
  const int64_t channels = params.in_channels;
  for (int64_t c = 0; c < channels; c += Vec::kLanes) {
    // The last strip shares channels with the one before.
    const int64_t start = c + Vec::kLanes <= channels ? c : channels - Vec::kLanes;
    RunStrip<true, kSide, kStride>(params, x, w, bias, y, first, last, start, Vec::kLanes);
  }
}

// kRows output rows of 3 × 3 windows with a stride of 1 are computed at once, 2 to 4: three sums of
// each should fit in the registers beside the weights.
template <int kRows>
void Run(const Params& params, const float* x, const float* w, const float* bias, float* y,
         int64_t first, int64_t last) {
  const Window& a = params.window;
  const int64_t side = a.kernel_h == a.kernel_w && a.dilation_w == 1 ? a.kernel_h : 0;
  const bool walks = side == 3 && a.dilation_h == 1 && a.stride_h == a.stride_w;
  if (params.in_channels < Vec::kLanes) {
    RunStrip<false, 0, 0>(params, x, w, bias, y, first, last, 0, params.in_channels);
  } else if (walks && a.stride_w == 1) {
    RunWalk<1, kRows>(params, x, w, bias, y, first, last);
  } else if (walks && a.stride_w == 2) {
    RunWalk<2, 2>(params, x, w, bias, y, first, last);
  } else if (side == 5 && a.stride_w == 1) {
    RunStrips<5, 1>(params, x, w, bias, y, first, last);
  } else if (side == 5 && a.stride_w == 2) {
    RunStrips<5, 2>(params, x, w, bias, y, first, last);
  } else {
    RunStrips<0, 0>(params, x, w, bias, y, first, last);
  }
}
