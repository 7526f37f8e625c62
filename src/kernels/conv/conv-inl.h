// The convolution over a vector type Vec and a tile of kRows pixels by kVectors vectors of output
// channels. Included inside the anonymous namespace of a file compiled for one instruction set.
//
// A tile keeps kRows · kVectors sums in registers while it walks the runs of its pixels' windows:
// pieces of input that lie side by side. For each element of a run it loads kVectors vectors of
// packed weights and broadcasts kRows inputs. A pixel of a 1 × 1 convolution is one run; with few
// input channels a row of the window is one, copied where it reaches over the edge; else each tap
// is. What lies outside of the picture is read from a row of zeros.
//
// Only plain members of Params are used: its functions could be emitted here with instructions that
// not every machine has, and be kept by the linker for all.

// Floats in a window whose rows are runs; a 5 × 5 kernel over four channels has fewer.
constexpr int64_t kMostJoined = 128;

constexpr int64_t kPrefetch = 1024;  // elements ahead, a page

#include "kernels/conv/tall-inl.h"

// The runs of a tile's pixels: run t of pixel r begins at starts[t · kRows + r].
template <int kRows, class Element = float>
struct Runs {
  const Element* const* starts;
  int64_t count, length;
};

// What is multiplied: floats, where they lie. Others have elements of four bytes of their own,
// which a stage makes of a tile's runs.
template <class V>
struct Floats {
  using Element = float;
  // Of a pixel that lies where it is: beyond, tall tiles outgrow the nearest cache.
  static constexpr int64_t kMostTall = 400;
  template <int kRows>
  struct Stage {
    static Runs<kRows> Of(const Runs<kRows>& runs, int) { return runs; }
    static Pixels<float> OfPixels(const float* x, int64_t channels) {
      return {x, channels, channels};
    }
  };
  static V Load(const float* weights) { return V::Load(weights); }
  static V Broadcast(float x) { return V::Broadcast(x); }
  static V MulAdd(V sum, V x, V w) { return sum.MulAdd(x, w); }
};

// kCount pixels, the first `rows` of which are there, by kVectors vectors V of output channels,
// `columns` of which are there; y is the first of them in the first pixel. `panel` is their bias
// and weights.
template <template <class> class Products, class V, int kRows, int kVectors, int kCount>
void Compute(int rows, const Params& params, const Runs<kRows, typename Products<V>::Element>& runs,
             const float* panel, float* y, int64_t columns) {
  using P = Products<V>;
  using Element = typename P::Element;
  constexpr int64_t kWidth = int64_t{V::kLanes} * kVectors;
  V sums[kCount][kVectors];
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) {
    const V bias = V::Load(panel + v * V::kLanes);
#pragma GCC unroll 8
    for (int r = 0; r < kCount; ++r) sums[r][v] = bias;
  }
  const auto* weights = reinterpret_cast<const Element*>(panel + kWidth);
  for (int64_t run = 0; run < runs.count; ++run) {
    const Element* x[kCount];
#pragma GCC unroll 8
    for (int r = 0; r < kCount; ++r) x[r] = runs.starts[run * kRows + (r < rows ? r : 0)];
    for (int64_t c = 0; c < runs.length; ++c, weights += kWidth) {
      decltype(P::Load(weights)) w[kVectors];
      // One pixel is done faster than its weights arrive.
      if constexpr (kCount == 1) __builtin_prefetch(weights + kPrefetch);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) w[v] = P::Load(weights + v * V::kLanes);
#pragma GCC unroll 8
      for (int r = 0; r < kCount; ++r) {
        const auto input = P::Broadcast(x[r][c]);
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) sums[r][v] = P::MulAdd(sums[r][v], input, w[v]);
      }
    }
  }
  const V low = V::Broadcast(params.clamp.low);
  const V high = V::Broadcast(params.clamp.high);
#pragma GCC unroll 8
  for (int r = 0; r < kCount; ++r) {
    if (r >= rows) break;
    float* out = y + r * params.out_channels;
    if (columns >= kWidth) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][v].ClampTo(low, high).Store(out + v * V::kLanes);
      continue;
    }
    for (int v = 0; v < kVectors; ++v) {
      const V result = sums[r][v].ClampTo(low, high);
      const int64_t left = columns - v * V::kLanes;
      if (left >= V::kLanes) {
        result.Store(out + v * V::kLanes);
      } else if (left > 0) {
        result.StorePartial(out + v * V::kLanes, left);
      }
    }
  }
}

// Heights of tiles that there is code for, rising; others are computed as the next. Most tiles are
// full, for chunks are of whole ones.
template <int... kHeights>
struct Heights {};
template <int kRows>
using HeightsOf = Heights<1, 4, kRows>;

template <template <class> class Products, class V, int kRows, int kVectors, int kCount,
          int... kMore>
void ComputeRows(Heights<kCount, kMore...>, int rows, const Params& params,
                 const Runs<kRows, typename Products<V>::Element>& runs, const float* panel,
                 float* y, int64_t columns) {
  if constexpr (sizeof...(kMore) > 0) {
    if (rows > kCount) {
      return ComputeRows<Products, V, kRows, kVectors>(Heights<kMore...>(), rows, params, runs,
                                                       panel, y, columns);
    }
  }
  Compute<Products, V, kRows, kVectors, kCount>(rows, params, runs, panel, y, columns);
}

// An output pixel, in the order of memory.
struct Position {
  const float* picture;
  int64_t row, column;

  Position(const Params& params, const float* x, int64_t pixel) {
    const Window& a = params.window;
    row = pixel / a.out_w;
    column = pixel % a.out_w;
    picture = x + row / a.out_h * a.in_h * a.in_w * params.in_channels;
    row %= a.out_h;
  }

  // By `pixels`, which do not reach beyond the end of the row.
  void Advance(const Params& params, int64_t pixels) {
    const Window& a = params.window;
    column += pixels;
    if (column < a.out_w) return;
    column = 0;
    if (++row < a.out_h) return;
    row = 0;
    picture += a.in_h * a.in_w * params.in_channels;
  }
};

// The last panel may be narrower by whole vectors, and end in one Narrow of fewer lanes.
// With kTall whole panels of pixels are computed in tall tiles where that is faster.
template <int kRows, int kVectors, class Narrow = Vec, template <class> class Products = Floats,
          bool kTall = false>
struct Tile {
  static constexpr int64_t kWidth = int64_t{Vec::kLanes} * kVectors;
  using Element = typename Products<Vec>::Element;
  using Factors = Runs<kRows, Element>;

  // One panel for `rows` pixels; `columns` as in Compute.
  static void Panel(int rows, const Params& params, const Factors& runs, const float* panel,
                    float* y, int64_t columns) {
    const int64_t units = (columns + Narrow::kLanes - 1) / Narrow::kLanes;
    const int64_t vectors = units * Narrow::kLanes / Vec::kLanes;
    if (vectors >= kVectors) {
      return ComputeRows<Products, Vec, kRows, kVectors>(HeightsOf<kRows>(), rows, params, runs,
                                                         panel, y, columns);
    }
    Fewer<kVectors - 1>(vectors, rows, params, runs, panel, y, columns);
    if constexpr (Narrow::kLanes < Vec::kLanes) {
      if (vectors * Vec::kLanes >= columns) return;
      const int64_t depth = runs.count * runs.length;
      ComputeRows<Products, Narrow, kRows, 1>(
          HeightsOf<kRows>(), rows, params, runs, panel + vectors * Vec::kLanes * (depth + 1),
          y + vectors * Vec::kLanes, columns - vectors * Vec::kLanes);
    }
  }

  template <int kFewer>
  static void Fewer(int64_t vectors, int rows, const Params& params, const Factors& runs,
                    const float* panel, float* y, int64_t columns) {
    if constexpr (kFewer > 0) {
      if (vectors == kFewer) {
        return ComputeRows<Products, Vec, kRows, kFewer>(HeightsOf<kRows>(), rows, params, runs,
                                                         panel, y, columns);
      }
      Fewer<kFewer - 1>(vectors, rows, params, runs, panel, y, columns);
    }
  }

  // Each tap of the output pixel `at` is a run.
  static void LocateTaps(const Params& params, const Position& at, const float** starts) {
    const Window& a = params.window;
    const int64_t top = at.row * a.stride_h - a.pad_top;
    const int64_t left = at.column * a.stride_w - a.pad_left;
    for (int64_t u = 0; u < a.kernel_h; ++u) {
      const int64_t y = top + u * a.dilation_h;
      for (int64_t v = 0; v < a.kernel_w; ++v, starts += kRows) {
        const int64_t x = left + v * a.dilation_w;
        const bool inside = y >= 0 && y < a.in_h && x >= 0 && x < a.in_w;
        *starts = inside ? at.picture + (y * a.in_w + x) * params.in_channels : kZeros;
      }
    }
  }

  // Each row of the window is a run; those that reach over the edge are copied.
  static void LocateRows(const Params& params, const Position& at, const float** starts,
                         float* copy) {
    const Window& a = params.window;
    const int64_t channels = params.in_channels;
    const int64_t top = at.row * a.stride_h - a.pad_top;
    const int64_t left = at.column * a.stride_w - a.pad_left;
    const bool whole = left >= 0 && left + a.kernel_w <= a.in_w;
    for (int64_t u = 0; u < a.kernel_h; ++u, starts += kRows) {
      const int64_t y = top + u * a.dilation_h;
      if (y < 0 || y >= a.in_h) {
        *starts = kZeros;
        continue;
      }
      const float* row = at.picture + y * a.in_w * channels;
      if (whole) {
        *starts = row + left * channels;
        continue;
      }
      *starts = copy;
      for (int64_t x = left; x < left + a.kernel_w; ++x) {
        const bool inside = x >= 0 && x < a.in_w;
        for (int64_t c = 0; c < channels; ++c) *copy++ = inside ? row[x * channels + c] : 0;
      }
    }
  }

  // The same for `rows` pixels of one output row whose windows reach over neither side edge; false
  // where they are not such.
  static bool LocateInnerRows(const Params& params, const Position& at, int rows,
                              const float** starts) {
    const Window& a = params.window;
    const int64_t left = at.column * a.stride_w - a.pad_left;
    const int64_t right = left + (rows - 1) * a.stride_w + a.kernel_w;
    if (at.column + rows > a.out_w || left < 0 || right > a.in_w) return false;
    const int64_t top = at.row * a.stride_h - a.pad_top;
    for (int64_t u = 0; u < a.kernel_h; ++u, starts += kRows) {
      const int64_t y = top + u * a.dilation_h;
      const bool inside = y >= 0 && y < a.in_h;
      const float* start = inside ? at.picture + (y * a.in_w + left) * params.in_channels : kZeros;
      const int64_t step = inside ? a.stride_w * params.in_channels : 0;
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) starts[r] = start + r * step;
    }
    return true;
  }

  // How the windows of a convolution are cut into runs.
  enum class Cut {
    kPixel,  // 1 × 1: output pixel i reads input pixel i
    kRow,    // a row of the window is a run
    kTap,
  };

  static Cut CutOf(const Params& params) {
    const Window& a = params.window;
    const int64_t taps = a.kernel_h * a.kernel_w;
    if (taps == 1 && a.stride_h == 1 && a.stride_w == 1 && a.pad_top == 0 && a.pad_left == 0 &&
        a.out_h == a.in_h && a.out_w == a.in_w) {
      return Cut::kPixel;
    }
    const bool short_rows = taps * params.in_channels <= kMostJoined;
    return taps > 1 && a.dilation_w == 1 && short_rows ? Cut::kRow : Cut::kTap;
  }

  static void Run(const Params& params, const float* x, const float* packed, float* y,
                  const Block& block) {
    const Window& a = params.window;
    const int64_t channels = params.in_channels;
    const int64_t taps = a.kernel_h * a.kernel_w;
    const Cut cut = CutOf(params);
    const float* starts[kMostTaps * kRows];
    float copies[kRows * kMostJoined];
    const Runs<kRows> runs = {starts, cut == Cut::kRow ? a.kernel_h : taps,
                              cut == Cut::kRow ? a.kernel_w * channels : channels};
    typename Products<Vec>::template Stage<kRows> stage;
    int64_t pixel = block.first_pixel;
    if constexpr (kTall) {
      if (cut == Cut::kPixel && channels <= Products<Vec>::kMostTall &&
          params.out_channels % Narrow::kLanes == 0) {
        for (; block.last_pixel - pixel >= kTallRows; pixel += kTallRows) {
          const auto pixels = stage.OfPixels(x + pixel * channels, channels);
          for (int64_t p = block.first_panel; p < block.last_panel; ++p) {
            ComputeTallPanel<Products, Narrow>(
                params, pixels, packed + p * kWidth * (pixels.depth + 1),
                y + pixel * params.out_channels + p * kWidth, params.out_channels - p * kWidth);
          }
        }
      }
    }
    Position at(params, x, pixel);
    int64_t tiles = (block.last_pixel - pixel + kRows - 1) / kRows;
    for (; tiles > 0; --tiles) {
      // Of nearly equal height: a low one waits for its weights.
      const int rows = static_cast<int>((block.last_pixel - pixel + tiles - 1) / tiles);
      if (rows < 1) return;  // never: which an analyzer cannot know
      if (cut == Cut::kPixel) {
        for (int r = 0; r < rows; ++r) starts[r] = x + (pixel + r) * channels;
      } else if (cut == Cut::kRow && LocateInnerRows(params, at, rows, starts)) {
        at.Advance(params, rows);
      } else {
        for (int r = 0; r < rows; ++r, at.Advance(params, 1)) {
          if (cut == Cut::kRow) {
            LocateRows(params, at, starts + r, copies + r * kMostJoined);
          } else {
            LocateTaps(params, at, starts + r);
          }
        }
      }
      const Factors factors = stage.Of(runs, rows);
      const int64_t depth = factors.count * factors.length;
      for (int64_t p = block.first_panel; p < block.last_panel; ++p) {
        Panel(rows, params, factors, packed + p * kWidth * (depth + 1),
              y + pixel * params.out_channels + p * kWidth, params.out_channels - p * kWidth);
      }
      pixel += rows;
    }
  }
};
