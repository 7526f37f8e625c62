// The depthwise convolution of integers, a vector of channels at a time. Included, after
// RequantizeSums, inside the anonymous namespace of a file compiled for one instruction set, which
// has a vector Int of sums and a Dot that adds products to it:
//
//   Weight            what a weight is packed as
//   kGroup            rows of the window that are multiplied at once
//   Dot(layer)
//   Weave(x)          kGroup rows' elements of each lane's channel, from where x[0], x[1]… point to
//   Load(w)           a vector's weights for one column of a group
//   Add(sums, a, w)
//
// A column of the picture is woven once for all the outputs of a row whose windows it lies in.
// Packed are, for each vector of channels (the last shares some with the one before), its head and,
// for each group of rows and each column of the window, the weights of each channel. Only plain
// members of Params are used, as in quantized_conv-inl.h.

// The columns that some outputs of a row read.
class Columns {
 public:
  Columns(const Params& params, const std::byte* x)
      : dot_(params.layer),
        window_(params.window),
        pixel_(params.in_channels * ElementSize(params)),
        x_(x) {
    // Of int16 it is zero.
    for (std::byte& zero : zeros_) zero = static_cast<std::byte>(params.layer.input_zero);
  }

  static int64_t ElementSize(const Params& params) {
    return params.layer.input == tensor::DType::kInt16 ? 2 : 1;
  }

  // Of output row `line`.
  void SetLine(int64_t line) {
    const int64_t top = line % window_.out_h * window_.stride_h - window_.pad_top;
    const int64_t picture = line / window_.out_h * window_.in_h;
    for (int64_t u = 0; u < window_.kernel_h; ++u) {
      const int64_t y = top + u * window_.dilation_h;
      const bool inside = y >= 0 && y < window_.in_h;
      start_[u] = inside ? x_ + (picture + y) * window_.in_w * pixel_ : zeros_;
      step_[u] = inside ? pixel_ : 0;
    }
    // What is missing in the last group is multiplied by zeros.
    for (int64_t u = window_.kernel_h; u % Dot::kGroup != 0; ++u) {
      start_[u] = zeros_;
      step_[u] = 0;
    }
  }

  // Rows from u on, `count` columns from `left` on, and the channels that begin so many bytes from
  // a pixel; of X: int8_t, uint8_t or int16_t.
  template <class X>
  void Weave(int64_t u, int64_t channel, int64_t left, int64_t count, Dot::Vector* to) const {
    const X* outside[Dot::kGroup];
    for (const X*& row : outside) row = reinterpret_cast<const X*>(zeros_);
    const Dot::Vector border = dot_.Weave(outside);
    const int64_t before = left < 0 ? -left : 0;
    const int64_t after = window_.in_w - left;
    int64_t i = 0;
    for (; i < before && i < count; ++i) to[i] = border;
    const X* rows[Dot::kGroup];
#pragma GCC unroll 4
    for (int r = 0; r < Dot::kGroup; ++r) {
      const int64_t step = step_[u + r];
      const int64_t offset = step == 0 ? 0 : (left + i) * step + channel;
      rows[r] = reinterpret_cast<const X*>(start_[u + r] + offset);
    }
    for (const int64_t end = after < count ? after : count; i < end; ++i) {
      to[i] = dot_.Weave(rows);
#pragma GCC unroll 4
      for (int r = 0; r < Dot::kGroup; ++r) rows[r] += step_[u + r] / int64_t{sizeof(X)};
    }
    for (; i < count; ++i) to[i] = border;
  }

 private:
  const Dot dot_;
  const Window& window_;
  const int64_t pixel_;  // in bytes
  const std::byte* x_;
  const std::byte* start_[kMostVectors];
  int64_t step_[kMostVectors];
  std::byte zeros_[2 * Int::kLanes];
};

// Where the columns of a window's taps lie, from that of its first.
struct Taps {
  int64_t count;
  int64_t offsets[kMostVectors];
};

// Outputs of a row that are computed at once.
constexpr int64_t kMostOutputs = 28;

// The sums of kOutputs neighbours whose first window begins at `columns`.
template <int kOutputs>
void Sum(const Taps& taps, int64_t stride, const Dot::Vector* columns, const std::byte* panel,
         int32_t* out) {
  const Int bias = Int::Load(reinterpret_cast<const int32_t*>(panel));
  const auto* weights = reinterpret_cast<const Dot::Weight*>(panel + Int::kLanes * kPanelHeadBytes);
  Int sums[kOutputs];
#pragma GCC unroll 8
  for (int i = 0; i < kOutputs; ++i) sums[i] = bias;
  for (int64_t t = 0; t < taps.count; ++t, weights += Int::kLanes * Dot::kGroup) {
    const Dot::Vector* at = columns + taps.offsets[t];
    const Dot::Vector filter = Dot::Load(weights);
#pragma GCC unroll 8
    for (int i = 0; i < kOutputs; ++i) sums[i] = Dot::Add(sums[i], at[i * stride], filter);
  }
#pragma GCC unroll 8
  for (int i = 0; i < kOutputs; ++i) sums[i].Store(out + i * Int::kLanes);
}

using Weave = void (Columns::*)(int64_t u, int64_t channel, int64_t left, int64_t count,
                                Dot::Vector* to) const;

// `weave` is that of the input's type.
void Run(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
         int64_t first, int64_t last, Weave weave) {
  const Window& a = params.window;
  const int64_t channels = params.in_channels;
  const int64_t groups = (a.kernel_h + Dot::kGroup - 1) / Dot::kGroup;
  const int64_t panel_bytes =
      Int::kLanes * (kPanelHeadBytes +
                     groups * a.kernel_w * Dot::kGroup * static_cast<int64_t>(sizeof(Dot::Weight)));
  // Outputs that are computed at once: what their columns leave room for.
  const int64_t span = (a.kernel_w - 1) * a.dilation_w + 1;
  const int64_t room = kMostVectors / groups;
  const int64_t fitting = ((room - span) / a.stride_w + 1) / 4 * 4;
  const int64_t most = fitting < kMostOutputs ? fitting : kMostOutputs;
  Taps taps = {};
  for (int64_t g = 0; g < groups; ++g) {
    for (int64_t v = 0; v < a.kernel_w; ++v) {
      taps.offsets[taps.count++] = g * room + v * a.dilation_w;
    }
  }
  const int64_t size = Columns::ElementSize(params);
  Columns columns(params, x);
  Dot::Vector woven[kMostVectors];
  alignas(64) int32_t sums[kMostOutputs * Int::kLanes];
  for (int64_t line = first; line < last; ++line) {
    columns.SetLine(line);
    // All channels of few pixels before the next, as they share lines of the cache.
    for (int64_t column = 0; column < a.out_w; column += most) {
      const int64_t count = a.out_w - column < most ? a.out_w - column : most;
      const int64_t computed = (count + 3) / 4 * 4;
      const int64_t width = (computed - 1) * a.stride_w + span;
      const std::byte* panel = packed;
      for (int64_t c = 0; c < channels; c += Int::kLanes, panel += panel_bytes) {
        const int64_t channel = c + Int::kLanes <= channels ? c : channels - Int::kLanes;
        for (int64_t g = 0; g < groups; ++g) {
          (columns.*weave)(g * Dot::kGroup, channel * size, column * a.stride_w - a.pad_left, width,
                           woven + g * room);
        }
        for (int64_t o = 0; o < computed;) {
          const bool eight = computed - o >= 8;
          (eight ? Sum<8> : Sum<4>)(taps, a.stride_w, woven + o * a.stride_w, panel,
                                    sums + o * Int::kLanes);
          o += eight ? 8 : 4;
        }
        const int64_t to = (line * a.out_w + column) * channels + channel;
        const SumRows rows = {.sums = sums,
                              .rows = count,
                              .width = Int::kLanes,
                              .head = reinterpret_cast<const int32_t*>(panel),
                              .stride = channels,
                              .columns = Int::kLanes};
        RequantizeSums(params.layer.requantization, rows, y + to * size);
      }
    }
  }
}
