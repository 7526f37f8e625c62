// The convolution over a vector type Vec and a tile of kRows pixels by kVectors vectors of output
// channels. Included inside the anonymous namespace of a file compiled for one instruction set.
//
// A tile keeps kRows · kVectors sums in registers while it walks the taps and input channels; for
// each it loads kVectors vectors of packed weights and broadcasts kRows inputs. A convolution of
// many taps reads its pixels through pointers, those outside of the picture from a row of zeros;
// one of few input channels first gathers the pixels' windows, so that the walk is one long row.
//
// Only plain members of Params are used: its functions could be emitted here with instructions that
// not every machine has, and be kept by the linker for all.

// Gathered windows of one tile; as many floats as a 5 × 5 kernel over four channels has.
constexpr int64_t kMostGathered = 128;
constexpr int64_t kGatheredRow = kMostGathered + Vec::kLanes;

template <int kRows, int kVectors>
struct Tile {
  static constexpr int64_t kWidth = int64_t{Vec::kLanes} * kVectors;

  // `rows` pixels, at y and on with stride `out_channels`; `columns` of the panel's channels are
  // stored.
  template <int kCount>
  static void Compute(const Params& params, const float* const* pointers, int64_t taps,
                      int64_t channels, const float* panel, float* y, int64_t columns) {
    Vec sums[kCount][kVectors];
    for (int v = 0; v < kVectors; ++v) {
      const Vec bias = Vec::Load(panel + v * Vec::kLanes);
#pragma GCC unroll 8
      for (int r = 0; r < kCount; ++r) sums[r][v] = bias;
    }
    const float* weights = panel + kWidth;
    for (int64_t tap = 0; tap < taps; ++tap) {
      const float* x[kCount];
#pragma GCC unroll 8
      for (int r = 0; r < kCount; ++r) x[r] = pointers[tap * kRows + r];
      for (int64_t c = 0; c < channels; ++c, weights += kWidth) {
        Vec w[kVectors];
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) w[v] = Vec::Load(weights + v * Vec::kLanes);
#pragma GCC unroll 8
        for (int r = 0; r < kCount; ++r) {
          const Vec input = Vec::Broadcast(x[r][c]);
#pragma GCC unroll 4
          for (int v = 0; v < kVectors; ++v) sums[r][v] = sums[r][v].MulAdd(input, w[v]);
        }
      }
    }
    const Vec low = Vec::Broadcast(params.clamp.low);
    const Vec high = Vec::Broadcast(params.clamp.high);
#pragma GCC unroll 8
    for (int r = 0; r < kCount; ++r) {
      float* out = y + r * params.out_channels;
      for (int v = 0; v < kVectors; ++v) {
        const Vec result = sums[r][v].ClampTo(low, high);
        const int64_t left = columns - v * Vec::kLanes;
        if (left >= Vec::kLanes) {
          result.Store(out + v * Vec::kLanes);
        } else if (left > 0) {
          result.StorePartial(out + v * Vec::kLanes, left);
        }
      }
    }
  }

  template <int kCount>
  static void ComputeRows(int rows, const Params& params, const float* const* pointers,
                          int64_t taps, int64_t channels, const float* panel, float* y,
                          int64_t columns) {
    if constexpr (kCount > 0) {
      if (rows == kCount) {
        return Compute<kCount>(params, pointers, taps, channels, panel, y, columns);
      }
      ComputeRows<kCount - 1>(rows, params, pointers, taps, channels, panel, y, columns);
    }
  }

  // Where each tap of output pixel `pixel` lies, into pointers[tap · kRows].
  static void Locate(const Params& params, const float* x, int64_t pixel, const float** pointers) {
    const Window& a = params.window;
    const int64_t row = pixel / a.out_w;
    const float* picture = x + row / a.out_h * a.in_h * a.in_w * params.in_channels;
    const int64_t top = row % a.out_h * a.stride_h - a.pad_top;
    const int64_t left = pixel % a.out_w * a.stride_w - a.pad_left;
    for (int64_t u = 0; u < a.kernel_h; ++u) {
      const int64_t in_y = top + u * a.dilation_h;
      for (int64_t v = 0; v < a.kernel_w; ++v, pointers += kRows) {
        const int64_t in_x = left + v * a.dilation_w;
        const bool inside = in_y >= 0 && in_y < a.in_h && in_x >= 0 && in_x < a.in_w;
        *pointers = inside ? picture + (in_y * a.in_w + in_x) * params.in_channels : kZeros;
      }
    }
  }

  // The window of one pixel as one row. Taps that lie side by side are copied together; a vector
  // may write beyond them, into what comes next.
  static void Gather(const Params& params, const float* const* pointers, float* to) {
    const int64_t kernel_w = params.window.kernel_w;
    const int64_t channels = params.in_channels;
    for (int64_t u = 0; u < params.window.kernel_h; ++u, pointers += kernel_w * kRows) {
      const float* last = pointers[(kernel_w - 1) * kRows];
      const bool together = last == pointers[0] + (kernel_w - 1) * channels && last != kZeros;
      const int64_t pieces = together ? 1 : kernel_w;
      const int64_t count = together ? kernel_w * channels : channels;
      for (int64_t v = 0; v < pieces; ++v, to += count) {
        for (int64_t i = 0; i < count; i += Vec::kLanes) {
          const int64_t left = count - i;
          const Vec part =
              Vec::LoadPartial(pointers[v * kRows] + i, left < Vec::kLanes ? left : Vec::kLanes);
          part.Store(to + i);
        }
      }
    }
  }

  static void Run(const Params& params, const float* x, const float* packed, float* y,
                  const Block& block) {
    const int64_t taps = params.window.kernel_h * params.window.kernel_w;
    const int64_t depth = taps * params.in_channels;
    const bool gather = taps > 1 && depth <= kMostGathered;
    const float* pointers[kMostTaps * kRows];
    float gathered[kRows * kGatheredRow];
    const float* gathered_rows[kRows];
    for (int r = 0; r < kRows; ++r) gathered_rows[r] = gathered + r * kGatheredRow;
    for (int64_t pixel = block.first_pixel; pixel < block.last_pixel; pixel += kRows) {
      const int64_t left = block.last_pixel - pixel;
      const int rows = left < kRows ? static_cast<int>(left) : kRows;
      for (int r = 0; r < rows; ++r) Locate(params, x, pixel + r, pointers + r);
      for (int r = 0; gather && r < rows; ++r) {
        Gather(params, pointers + r, gathered + r * kGatheredRow);
      }
      for (int64_t p = block.first_panel; p < block.last_panel; ++p) {
        ComputeRows<kRows>(rows, params, gather ? gathered_rows : pointers, gather ? 1 : taps,
                           gather ? depth : params.in_channels, packed + p * kWidth * (depth + 1),
                           y + pixel * params.out_channels + p * kWidth,
                           params.out_channels - p * kWidth);
      }
    }
  }
};
