// The convolution of integers over a tile of kRows pixels by kVectors vectors of output channels.
// Included, after RequantizeSums, inside the anonymous namespace of a file compiled for one
// instruction set, which has a vector Int of sums and a Dot that adds products to it:
//
//   Element         what a gathered element of the input is held as
//   Weight          what a weight is packed as
//   kGroup          elements of the window that are multiplied at once
//   kChunk          elements that are gathered at once
//   Dot(layer)
//   From(x)         an Element of an input: a byte (of either sign) or an int16
//   Gather(x, to)   kChunk of them
//   Load(w)         a vector's weights for one group
//   Broadcast(a)    one group of a pixel, for all channels
//   Add(sums, a, w)
//   kOffsets        whether weights may have been moved, so that the sums of a pixel lack
//   Offset(a, n)    this, of its n elements
//
// The windows of a tile's pixels are gathered, side by side, once for all panels of output
// channels. Only plain members of Params are used: its functions could be emitted here with
// instructions that not every machine has, and be kept by the linker for all.

// kCount pixels by kVectors vectors of output channels; `a` has `groups` groups of each pixel,
// `stride` elements apart. The sums of pixel r go to sums + r · kVectors · Int::kLanes.
template <int kVectors, int kCount>
void Sum(const Dot::Element* a, int64_t stride, int64_t groups, const int32_t* offsets,
         const std::byte* panel, int32_t* out) {
  constexpr int64_t kWidth = Int::kLanes * kVectors;
  const auto* bias = reinterpret_cast<const int32_t*>(panel);
  const auto* weights = reinterpret_cast<const Dot::Weight*>(panel + kWidth * kPanelHeadBytes);
  Int sums[kCount][kVectors];
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) {
    const Int start = Int::Load(bias + v * Int::kLanes);
#pragma GCC unroll 8
    for (int r = 0; r < kCount; ++r) {
      sums[r][v] = Dot::kOffsets ? start + Int::Broadcast(offsets[r]) : start;
    }
  }
  for (int64_t g = 0; g < groups; ++g, a += Dot::kGroup, weights += kWidth * Dot::kGroup) {
    Dot::Vector w[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) w[v] = Dot::Load(weights + v * Int::kLanes * Dot::kGroup);
#pragma GCC unroll 8
    for (int r = 0; r < kCount; ++r) {
      const Dot::Vector input = Dot::Broadcast(a + r * stride);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][v] = Dot::Add(sums[r][v], input, w[v]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kCount; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sums[r][v].Store(out + (r * kVectors + v) * Int::kLanes);
  }
}

// The next output pixel: where its window begins.
class Position {
 public:
  Position(const Params& params, int64_t pixel)
      : window_(params.window),
        column_(pixel % window_.out_w),
        row_(pixel / window_.out_w % window_.out_h),
        picture_(pixel / window_.out_w / window_.out_h) {}

  int64_t left() const { return column_ * window_.stride_w - window_.pad_left; }
  int64_t top() const { return row_ * window_.stride_h - window_.pad_top; }
  int64_t picture() const { return picture_; }
  void Advance() {
    if (++column_ < window_.out_w) return;
    column_ = 0;
    if (++row_ < window_.out_h) return;
    row_ = 0;
    ++picture_;
  }

 private:
  const Window& window_;
  int64_t column_, row_, picture_;
};

// Gathers windows over an input of X: std::byte or int16_t.
template <class X>
class Gatherer {
 public:
  using Element = Dot::Element;

  Gatherer(const Params& params, const X* x, int64_t pixel)
      : dot_(params.layer),
        window_(params.window),
        channels_(params.in_channels),
        x_(x),
        end_(x + window_.batch * window_.in_h * window_.in_w * channels_),
        zero_(dot_.From(static_cast<X>(params.layer.input_zero))),
        reach_((window_.kernel_w * channels_ + Dot::kChunk - 1) / Dot::kChunk * Dot::kChunk),
        position_(params, pixel),
        pixel_(pixel) {
    // Windows of one pixel each, side by side as they are.
    joined_ = window_.kernel_h * window_.kernel_w == 1 &&
              window_.stride_h * window_.stride_w == 1 && window_.pad_top == 0 &&
              window_.pad_left == 0 && window_.out_w == window_.in_w &&
              window_.out_h == window_.in_h && channels_ % Dot::kGroup == 0;
  }

  // The windows of the next `count` pixels, `stride` elements apart. Up to kChunk elements beyond
  // are overwritten.
  void Next(int64_t count, int64_t stride, Element* to) {
    if (joined_) {
      Copy(x_ + pixel_ * channels_, count * channels_, to);
      pixel_ += count;
      return;
    }
    for (int64_t r = 0; r < count; ++r, position_.Advance()) {
      Element* rest = Inside() ? WholeWindow(to) : EdgeWindow(to);
      for (int64_t k = 0; k < Dot::kGroup - 1; ++k) rest[k] = 0;  // the last group's
      to += stride;
    }
  }

 private:
  Element* Copy(const X* x, int64_t count, Element* to) const {
    int64_t i = 0;
    for (; i < count && end_ - (x + i) >= Dot::kChunk; i += Dot::kChunk) {
      dot_.Gather(x + i, to + i);
    }
    for (; i < count; ++i) to[i] = dot_.From(x[i]);
    return to + count;
  }

  Element* Fill(int64_t count, Element* to) const {
    for (int64_t i = 0; i < count; ++i) to[i] = zero_;
    return to + count;
  }

  // Whether the window is in the picture, and so is what whole chunks read beyond it.
  bool Inside() const {
    const int64_t left = position_.left(), top = position_.top();
    const int64_t last = top + (window_.kernel_h - 1) * window_.dilation_h;
    return window_.dilation_w == 1 && left >= 0 && left + window_.kernel_w <= window_.in_w &&
           top >= 0 && last < window_.in_h && end_ - Input(last, left) >= reach_;
  }

  const X* Input(int64_t row, int64_t column) const {
    return x_ + ((position_.picture() * window_.in_h + row) * window_.in_w + column) * channels_;
  }

  Element* WholeWindow(Element* to) const {
    const X* row = Input(position_.top(), position_.left());
    const int64_t count = window_.kernel_w * channels_;
    const int64_t step = window_.dilation_h * window_.in_w * channels_;
    for (int64_t u = 0; u < window_.kernel_h; ++u, row += step, to += count) {
      for (int64_t i = 0; i < count; i += Dot::kChunk) dot_.Gather(row + i, to + i);
    }
    return to;
  }

  // With zeros outside of the picture.
  [[gnu::noinline]] Element* EdgeWindow(Element* to) const {
    const int64_t left = position_.left();
    const int64_t top = position_.top();
    for (int64_t u = 0; u < window_.kernel_h; ++u) {
      const int64_t y = top + u * window_.dilation_h;
      if (y < 0 || y >= window_.in_h) {
        to = Fill(window_.kernel_w * channels_, to);
      } else {
        for (int64_t v = 0; v < window_.kernel_w; ++v) {
          const int64_t column = left + v * window_.dilation_w;
          const bool inside = column >= 0 && column < window_.in_w;
          to = inside ? Copy(Input(y, column), channels_, to) : Fill(channels_, to);
        }
      }
    }
    return to;
  }

  const Dot dot_;
  const Window& window_;
  const int64_t channels_;
  const X* x_;
  const X* end_;
  const Element zero_;
  const int64_t reach_;  // of the last row of a window
  bool joined_;
  Position position_;
  int64_t pixel_;
};

// Vectors are two: a panel is whole, or has one.
template <int kRows>
struct Tile {
  static constexpr int kVectors = 2;
  using Element = Dot::Element;
  static constexpr int kHalf = kRows / 2;

  // The sums of `count` pixels of kRows; of one vector of channels if they are `narrow`. Few pixels
  // at a picture's end are computed among others that nobody reads.
  static void Sums(int64_t count, bool narrow, const Element* a, int64_t stride, int64_t groups,
                   const int32_t* offsets, const std::byte* panel, int32_t* sums) {
    const auto sum = count == 1       ? narrow ? Sum<1, 1> : Sum<kVectors, 1>
                           : count <= kHalf ? narrow ? Sum<1, kHalf> : Sum<kVectors, kHalf>
                           : narrow ? Sum<1, kRows>
                                      : Sum<kVectors, kRows>;
    sum(a, stride, groups, offsets, panel, sums);
  }

  template <class X>
  static void Run(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                  const Block& block) {
    constexpr int64_t kWidth = Int::kLanes * kVectors;
    const Window& window = params.window;
    const int64_t depth = window.kernel_h * window.kernel_w * params.in_channels;
    const int64_t groups = (depth + Dot::kGroup - 1) / Dot::kGroup;
    const int64_t stride = groups * Dot::kGroup;
    const int64_t panel_bytes =
        kWidth * (kPanelHeadBytes + stride * static_cast<int64_t>(sizeof(typename Dot::Weight)));
    const Dot dot(params.layer);
    Gatherer<X> gatherer(params, reinterpret_cast<const X*>(x), block.first_pixel);
    alignas(64) Element gathered[kRows * (kMostDepth + Dot::kGroup) + Dot::kChunk];
    alignas(64) int32_t sums[kRows * kWidth];
    int32_t offsets[kRows] = {};
    for (int64_t pixel = block.first_pixel; pixel < block.last_pixel; pixel += kRows) {
      const int64_t left = block.last_pixel - pixel;
      const int64_t count = left < kRows ? left : kRows;
      gatherer.Next(count, stride, gathered);
      for (int64_t r = 0; r < count; ++r) offsets[r] = dot.Offset(gathered + r * stride, stride);
      for (int64_t panel = block.first_panel; panel < block.last_panel; ++panel) {
        const int64_t channel = panel * kWidth;
        const int64_t columns = params.out_channels - channel;
        const bool narrow = columns <= kWidth - Int::kLanes;
        const std::byte* weights = packed + panel * panel_bytes;
        Sums(count, narrow, gathered, stride, groups, offsets, weights, sums);
        const SumRows rows = {.sums = sums,
                              .rows = count,
                              .width = narrow ? Int::kLanes : kWidth,
                              .head = reinterpret_cast<const int32_t*>(weights),
                              .stride = params.out_channels,
                              .columns = columns};
        RequantizeSums(params.layer.requantization, rows,
                       y + (pixel * params.out_channels + channel) * int64_t{sizeof(X)});
      }
    }
  }
};
