// The depthwise convolution over a vector type Vec, one filter a channel. Included inside the
// anonymous namespace of a file compiled for one instruction set.
//
// For each output row and each vector of channels the taps' weights stay in registers (3 × 3) while
// the row is walked; pixels whose window reaches over the edge skip the taps outside.

// One row of output, one vector of channels: `count` of its lanes are there.
struct Strip {
  Vec bias;
  const Params& params;
  const float* x;  // the picture, at the strip's first channel
  const float* w;  // the filter, likewise
  float* y;        // the output row, likewise
  int64_t in_top;  // of the window of this row
  int64_t count;

  template <bool kWhole>
  Vec Load(const float* p) const {
    if constexpr (kWhole) return Vec::Load(p);
    return Vec::LoadPartial(p, count);
  }

  template <bool kWhole>
  void Put(Vec sum, int64_t column) const {
    const Vec result =
        sum.ClampTo(Vec::Broadcast(params.clamp.low), Vec::Broadcast(params.clamp.high));
    float* to = y + column * params.in_channels;
    if constexpr (kWhole) {
      result.Store(to);
    } else {
      result.StorePartial(to, count);
    }
  }

  template <bool kWhole>
  void AnyPixel(int64_t column) const {
    const Window& a = params.window;
    Vec sum = bias;
    for (int64_t u = 0; u < a.kernel_h; ++u) {
      const int64_t in_y = in_top + u * a.dilation_h;
      if (in_y < 0 || in_y >= a.in_h) continue;
      for (int64_t v = 0; v < a.kernel_w; ++v) {
        const int64_t in_x = column * a.stride_w - a.pad_left + v * a.dilation_w;
        if (in_x < 0 || in_x >= a.in_w) continue;
        sum = sum.MulAdd(Load<kWhole>(x + (in_y * a.in_w + in_x) * params.in_channels),
                         Load<kWhole>(w + (u * a.kernel_w + v) * params.in_channels));
      }
    }
    Put<kWhole>(sum, column);
  }

  // Columns [first, last), whose 3 × 3 windows lie inside of the picture.
  template <bool kWhole>
  void Inside3x3(int64_t first, int64_t last) const {
    const Window& a = params.window;
    const int64_t channels = params.in_channels;
    Vec weights[9];
#pragma GCC unroll 9
    for (int t = 0; t < 9; ++t) weights[t] = Load<kWhole>(w + t * channels);
    const float* top = x + (in_top * a.in_w + first * a.stride_w - a.pad_left) * channels;
    const int64_t down = a.in_w * channels;
    for (int64_t column = first; column < last; ++column, top += a.stride_w * channels) {
      // Three sums, so that no addition waits for all before it.
      Vec sums[3] = {bias, Vec::Broadcast(0), Vec::Broadcast(0)};
#pragma GCC unroll 3
      for (int u = 0; u < 3; ++u) {
#pragma GCC unroll 3
        for (int v = 0; v < 3; ++v) {
          sums[v] = sums[v].MulAdd(Load<kWhole>(top + u * down + v * channels), weights[u * 3 + v]);
        }
      }
      const Vec one = Vec::Broadcast(1);
      Put<kWhole>(sums[0].MulAdd(sums[1], one).MulAdd(sums[2], one), column);
    }
  }

  template <bool kWhole>
  void Row() const {
    const Window& a = params.window;
    const bool rows_inside = in_top >= 0 && in_top + 2 < a.in_h;
    const bool is_3x3 =
        a.kernel_h == 3 && a.kernel_w == 3 && a.dilation_h == 1 && a.dilation_w == 1;
    // Columns whose windows lie inside: from the first that clears the left edge to the last that
    // clears the right one.
    int64_t first = 0;
    int64_t last = 0;
    if (is_3x3 && rows_inside && a.in_w >= 3) {
      first = (a.pad_left + a.stride_w - 1) / a.stride_w;
      last = (a.in_w - 3 + a.pad_left) / a.stride_w + 1;
      last = last < a.out_w ? last : a.out_w;
      if (last < first) first = last = 0;
    }
    for (int64_t column = 0; column < first; ++column) AnyPixel<kWhole>(column);
    if (first < last) Inside3x3<kWhole>(first, last);
    for (int64_t column = last; column < a.out_w; ++column) AnyPixel<kWhole>(column);
  }
};

void Run(const Params& params, const float* x, const float* w, const float* bias, float* y,
         int64_t first, int64_t last) {
  const Window& a = params.window;
  const int64_t channels = params.in_channels;
  for (int64_t row = first; row < last; ++row) {
    const float* picture = x + row / a.out_h * a.in_h * a.in_w * channels;
    const int64_t in_top = row % a.out_h * a.stride_h - a.pad_top;
    for (int64_t c = 0; c < channels; c += Vec::kLanes) {
      const int64_t left = channels - c;
      const int64_t count = left < Vec::kLanes ? left : Vec::kLanes;
      const Vec start = bias != nullptr ? Vec::LoadPartial(bias + c, count) : Vec::Broadcast(0);
      const Strip strip{start,  params, picture + c, w + c, y + row * a.out_w * channels + c,
                        in_top, count};
      if (count == Vec::kLanes) {
        strip.Row<true>();
      } else {
        strip.Row<false>();
      }
    }
  }
}
