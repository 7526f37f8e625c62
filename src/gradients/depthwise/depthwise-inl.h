// The gradients over a vector type Vec, one filter a channel. Included inside the anonymous
// namespace of a file compiled for one instruction set.
//
// Weights: for a vector of channels and one row of taps, the sums stay in registers while the
// output's gradient goes by; a few neighbouring columns are taken at once, so that an input is
// loaded once for all that read it. Input: each pixel gathers what it gave to.

// A vector of channels; `count` of its lanes are there.
template <bool kWhole>
struct Channels {
  int64_t count;
  Vec Load(const float* p) const {
    if constexpr (kWhole) return Vec::Load(p);
    return Vec::LoadPartial(p, count);
  }
  void Store(Vec v, float* p) const {
    if constexpr (kWhole) {
      v.Store(p);
    } else {
      v.StorePartial(p, count);
    }
  }
};

// One output row and one row of taps: x and dy are at the rows' first pixels.
template <bool kWhole>
void AddTaps(const Params& params, Channels<kWhole> lanes, const float* x, const float* dy,
             float* sums, int64_t first_column, int64_t last_column) {
  const kernels::Window& a = params.window;
  const int64_t channels = params.in_channels;
  for (int64_t v = 0; v < a.kernel_w; ++v) {
    Vec sum = lanes.Load(sums + v * channels);
    for (int64_t column = first_column; column < last_column; ++column) {
      const int64_t z = column * a.stride_w - a.pad_left + v * a.dilation_w;
      if (z < 0 || z >= a.in_w) continue;
      sum = sum.MulAdd(lanes.Load(x + z * channels), lanes.Load(dy + column * channels));
    }
    lanes.Store(sum, sums + v * channels);
  }
}

// The same for kSide taps side by side and columns whose windows reach over no edge.
template <bool kWhole, int kSide, int kStride>
void AddInnerTaps(const Params& params, Channels<kWhole> lanes, const float* x, const float* dy,
                  float* sums, int64_t first_column, int64_t last_column) {
  constexpr int kColumns = 4;
  const int64_t channels = params.in_channels;
  Vec acc[kSide];
#pragma GCC unroll 5
  for (int v = 0; v < kSide; ++v) acc[v] = lanes.Load(sums + v * channels);
  int64_t column = first_column;
  for (; column + kColumns <= last_column; column += kColumns) {
    Vec g[kColumns];
#pragma GCC unroll 4
    for (int o = 0; o < kColumns; ++o) g[o] = lanes.Load(dy + (column + o) * channels);
    const float* from = x + (column * kStride - params.window.pad_left) * channels;
#pragma GCC unroll 11
    for (int i = 0; i < (kColumns - 1) * kStride + kSide; ++i) {
      const Vec input = lanes.Load(from + i * channels);
#pragma GCC unroll 4
      for (int o = 0; o < kColumns; ++o) {
        const int v = i - o * kStride;
        if (v >= 0 && v < kSide) acc[v] = acc[v].MulAdd(input, g[o]);
      }
    }
  }
#pragma GCC unroll 5
  for (int v = 0; v < kSide; ++v) lanes.Store(acc[v], sums + v * channels);
  AddTaps(params, lanes, x, dy, sums, column, last_column);
}

template <bool kWhole, int kSide, int kStride>
void AddRow(const Params& params, Channels<kWhole> lanes, const float* x, const float* dy,
            float* sums) {
  const kernels::Window& a = params.window;
  if constexpr (kSide == 0) {
    AddTaps(params, lanes, x, dy, sums, 0, a.out_w);
  } else {
    int64_t first = (a.pad_left + kStride - 1) / kStride;
    first = first < a.out_w ? first : a.out_w;
    const int64_t room = a.in_w + a.pad_left - kSide;
    int64_t last = room < 0 ? 0 : room / kStride + 1;
    last = last < first ? first : last < a.out_w ? last : a.out_w;
    AddTaps(params, lanes, x, dy, sums, 0, first);
    AddInnerTaps<kWhole, kSide, kStride>(params, lanes, x, dy, sums, first, last);
    AddTaps(params, lanes, x, dy, sums, last, a.out_w);
  }
}

template <bool kWhole, int kSide, int kStride>
void AddStrip(const Params& params, Channels<kWhole> lanes, const float* x, const float* dy,
              float* sums, int64_t first, int64_t last) {
  const kernels::Window& a = params.window;
  const int64_t channels = params.in_channels;
  for (int64_t row = first; row < last; ++row) {
    for (int64_t u = 0; u < a.kernel_h; ++u) {
      const int64_t y = row % a.out_h * a.stride_h - a.pad_top + u * a.dilation_h;
      if (y < 0 || y >= a.in_h) continue;
      AddRow<kWhole, kSide, kStride>(
          params, lanes, x + (row / a.out_h * a.in_h + y) * a.in_w * channels,
          dy + row * a.out_w * channels, sums + u * a.kernel_w * channels);
    }
  }
}

template <int kSide, int kStride>
void AddWeights(const Params& params, const float* x, const float* dy, float* sums, int64_t first,
                int64_t last) {
  const int64_t channels = params.in_channels;
  int64_t c = 0;
  for (; c + Vec::kLanes <= channels; c += Vec::kLanes) {
    AddStrip<true, kSide, kStride>(params, Channels<true>{Vec::kLanes}, x + c, dy + c, sums + c,
                                   first, last);
  }
  if (c < channels) {
    AddStrip<false, kSide, kStride>(params, Channels<false>{channels - c}, x + c, dy + c, sums + c,
                                    first, last);
  }
}

void Weights(const Params& params, const float* x, const float* dy, float* sums, int64_t first,
             int64_t last) {
  const kernels::Window& a = params.window;
  const int64_t side = a.dilation_w == 1 ? a.kernel_w : 0;
  if (side == 3 && a.stride_w == 1) {
    AddWeights<3, 1>(params, x, dy, sums, first, last);
  } else if (side == 3 && a.stride_w == 2) {
    AddWeights<3, 2>(params, x, dy, sums, first, last);
  } else if (side == 5 && a.stride_w == 1) {
    AddWeights<5, 1>(params, x, dy, sums, first, last);
  } else if (side == 5 && a.stride_w == 2) {
    AddWeights<5, 2>(params, x, dy, sums, first, last);
  } else {
    AddWeights<0, 0>(params, x, dy, sums, first, last);
  }
}

// One input row; all pointers are at the first of its channels, dy and w at the first pixel.
template <bool kWhole>
void GatherRow(const Params& params, Channels<kWhole> lanes, const float* dy, const float* w,
               float* dx, int64_t y) {
  const kernels::Window& a = params.window;
  const int64_t channels = params.in_channels;
  for (int64_t z = 0; z < a.in_w; ++z) {
    Vec sum = Vec::Broadcast(0);
    for (int64_t u = 0; u < a.kernel_h; ++u) {
      const int64_t down = y + a.pad_top - u * a.dilation_h;
      if (down < 0 || down % a.stride_h != 0 || down / a.stride_h >= a.out_h) continue;
      const float* row = dy + down / a.stride_h * a.out_w * channels;
      for (int64_t v = 0; v < a.kernel_w; ++v) {
        const int64_t right = z + a.pad_left - v * a.dilation_w;
        if (right < 0 || right % a.stride_w != 0 || right / a.stride_w >= a.out_w) continue;
        sum = sum.MulAdd(lanes.Load(row + right / a.stride_w * channels),
                         lanes.Load(w + (u * a.kernel_w + v) * channels));
      }
    }
    lanes.Store(sum, dx + z * channels);
  }
}

// A stride of 2 and a window of 3: which taps reach a pixel depends on where it is odd.
template <bool kWhole>
void GatherRowOfThree(const Params& params, Channels<kWhole> lanes, const float* dy, const float* w,
                      float* dx, int64_t y) {
  const kernels::Window& a = params.window;
  const int64_t channels = params.in_channels;
  const float* rows[2];
  const float* taps[2];
  int count = 0;
  for (int64_t u = 0; u < 3; ++u) {
    const int64_t down = y + a.pad_top - u;
    if (down < 0 || down % 2 != 0 || down / 2 >= a.out_h) continue;
    rows[count] = dy + down / 2 * a.out_w * channels;
    taps[count++] = w + u * 3 * channels;
  }
  Vec weights[2][3];
  for (int i = 0; i < count; ++i) {
    for (int v = 0; v < 3; ++v) weights[i][v] = lanes.Load(taps[i] + v * channels);
  }
  for (int64_t z = 0; z < a.in_w; ++z) {
    const int64_t right = z + a.pad_left;
    const int64_t column = right / 2;
    Vec sum = Vec::Broadcast(0);
    for (int i = 0; i < count; ++i) {
      const float* at = rows[i] + column * channels;
      if (right % 2 != 0) {
        if (column < a.out_w) sum = sum.MulAdd(lanes.Load(at), weights[i][1]);
      } else {
        if (column < a.out_w) sum = sum.MulAdd(lanes.Load(at), weights[i][0]);
        if (column > 0 && column <= a.out_w) {
          sum = sum.MulAdd(lanes.Load(at - channels), weights[i][2]);
        }
      }
    }
    lanes.Store(sum, dx + z * channels);
  }
}

template <bool kWhole>
void GatherStrip(const Params& params, Channels<kWhole> lanes, const float* dy, const float* w,
                 float* dx, int64_t first, int64_t last) {
  const kernels::Window& a = params.window;
  const int64_t channels = params.in_channels;
  const bool of_three = a.kernel_h == 3 && a.kernel_w == 3 && a.stride_h == 2 && a.stride_w == 2 &&
                        a.dilation_h == 1 && a.dilation_w == 1;
  for (int64_t row = first; row < last; ++row) {
    const float* from = dy + row / a.in_h * a.out_h * a.out_w * channels;
    float* to = dx + row * a.in_w * channels;
    if (of_three) {
      GatherRowOfThree(params, lanes, from, w, to, row % a.in_h);
    } else {
      GatherRow(params, lanes, from, w, to, row % a.in_h);
    }
  }
}

void Input(const Params& params, const float* dy, const float* w, float* dx, int64_t first,
           int64_t last) {
  const int64_t channels = params.in_channels;
  int64_t c = 0;
  for (; c + Vec::kLanes <= channels; c += Vec::kLanes) {
    GatherStrip(params, Channels<true>{Vec::kLanes}, dy + c, w + c, dx + c, first, last);
  }
  if (c < channels) {
    GatherStrip(params, Channels<false>{channels - c}, dy + c, w + c, dx + c, first, last);
  }
}
