// The convolution of integers over a tile of kRows pixels by kVectors vectors of output channels.
// Included, after a ByteRequantizer and RequantizeSums, inside the anonymous namespace
// of a file compiled for one instruction set, which has a vector Int of sums and a Dot that adds
// products to it:
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
//   Joiner(dot, n)  where it Takes(rows, n), gathers a window of few rows of n elements at once
//
// A Dot that has kTogether multiplies several pixels at once, by a Multiply of its own instead of
// Load, Broadcast and Add.
//
// The windows of a tile's pixels are gathered, side by side, once for all panels of output
// channels. Only plain members of Params are used: its functions could be emitted here with
// instructions that not every machine has, and be kept by the linker for all.

// What becomes of the sums of a tile.
struct Results {
  std::byte* y;           // of the first pixel and channel
  int64_t stride;         // from pixel to pixel, in bytes
  int64_t rows, columns;  // pixels, and channels from this one on, that are there
};

// Pixel kRow's sums and those of the pixels after it that make up four vectors, as bytes of the
// result's scale; constants alone index the sums, so that they stay in registers.
template <int kVectors, int kCount, int kRow>
[[gnu::always_inline]] inline void StoreRows(const ByteRequantizer& out,
                                             const Int (&sums)[kCount][kVectors],
                                             ByteRequantizer::Scale first,
                                             ByteRequantizer::Scale second, const Results& to) {
  constexpr int kWidth = static_cast<int>(Int::kLanes) * kVectors;
  constexpr int kAtOnce = 4 / kVectors;
  auto sum = [&]<int kIndex>() {
    constexpr int kOf = kRow + kIndex / kVectors;
    return sums[kOf < kCount ? kOf : kRow][kIndex % kVectors];
  };
  const auto bytes =
      out.InOrder(sum.template operator()<0>(), first, sum.template operator()<1>(), second,
                  sum.template operator()<2>(), first, sum.template operator()<3>(), second);
  auto store = [&]<int kPart>() {
    if constexpr (kRow + kPart < kCount && kPart < kAtOnce) {
      if (kRow + kPart >= to.rows) return;
      std::byte* y = to.y + (kRow + kPart) * to.stride;
      if (to.columns >= kWidth) return ByteRequantizer::Store<kWidth, kPart>(bytes, y);
      ByteRequantizer::StoreFew<kWidth, kPart>(bytes, to.columns, y);
    }
  };
  store.template operator()<0>();
  store.template operator()<1>();
  store.template operator()<2>();
  store.template operator()<3>();
}

// All of them; their factors are at `scales`.
template <int kVectors, int kCount>
void StoreBytes(const ByteRequantizer& out, const Int (&sums)[kCount][kVectors],
                const float* scales, const Results& to) {
  constexpr int kAtOnce = 4 / kVectors;
  const auto first = ByteRequantizer::LoadScale(scales);
  const auto second = ByteRequantizer::LoadScale(scales + (kVectors - 1) * Int::kLanes);
  [&]<int... kStep>(std::integer_sequence<int, kStep...>) {
    (StoreRows<kVectors, kCount, kStep * kAtOnce>(out, sums, first, second, to), ...);
  }(std::make_integer_sequence<int, (kCount + kAtOnce - 1) / kAtOnce>());
}

template <class D>
concept MultipliesTogether = requires { D::kTogether; };

// The sums of kCount pixels by kVectors vectors of output channels, where D multiplies a pixel at a
// time; `a` has `groups` groups of each pixel, `stride` elements apart.
template <class D, int kVectors, int kCount>
  requires(!MultipliesTogether<D>)
[[gnu::always_inline]] inline void Multiply(const typename D::Element* a, int64_t stride,
                                            int64_t groups, const int32_t* bias,
                                            const typename D::Weight* weights,
                                            Int (&sums)[kCount][kVectors]) {
  constexpr int64_t kWidth = Int::kLanes * kVectors;
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) {
    const Int start = Int::Load(bias + v * Int::kLanes);
#pragma GCC unroll 14
    for (int r = 0; r < kCount; ++r) sums[r][v] = start;
  }
  // Two pointers, that few steps from them have to be kept in registers.
  constexpr int kHalf = (kCount + 1) / 2;
  const typename D::Element* b = a + kHalf * stride;
  for (int64_t g = 0; g < groups;
       ++g, a += D::kGroup, b += D::kGroup, weights += kWidth * D::kGroup) {
    typename D::Vector w[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) w[v] = D::Load(weights + v * Int::kLanes * D::kGroup);
#pragma GCC unroll 14
    for (int r = 0; r < kCount; ++r) {
      const auto input = D::Broadcast(r < kHalf ? a + r * stride : b + (r - kHalf) * stride);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][v] = D::Add(sums[r][v], input, w[v]);
    }
  }
}

// Or as D does it for several pixels at a time.
template <class D, int kVectors, int kCount>
  requires MultipliesTogether<D>
[[gnu::always_inline]] inline void Multiply(const typename D::Element* a, int64_t stride,
                                            int64_t groups, const int32_t* bias,
                                            const typename D::Weight* weights,
                                            Int (&sums)[kCount][kVectors]) {
  D::Multiply(a, stride, groups, bias, weights, sums);
}

// They become bytes where there is an `out` for them; else the sums of pixel r go to
// sums + r · kVectors · Int::kLanes. Offsets of pixels may be null.
template <int kVectors, int kCount>
void Sum(const Dot::Element* a, int64_t stride, int64_t groups, const int32_t* offsets,
         const std::byte* panel, const ByteRequantizer* out, const Results& to, int32_t* all_sums) {
  constexpr int64_t kWidth = Int::kLanes * kVectors;
  const auto* bias = reinterpret_cast<const int32_t*>(panel);
  const auto* weights = reinterpret_cast<const Dot::Weight*>(panel + kWidth * kPanelHeadBytes);
  Int sums[kCount][kVectors];
  Multiply<Dot>(a, stride, groups, bias, weights, sums);
  if (Dot::kOffsets && offsets != nullptr) {
#pragma GCC unroll 14
    for (int r = 0; r < kCount; ++r) {
      const Int offset = Int::Broadcast(offsets[r]);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][v] = sums[r][v] + offset;
    }
  }
  if (out != nullptr) {
    const auto* scales = reinterpret_cast<const float*>(bias + kWidth);
    return StoreBytes<kVectors, kCount>(*out, sums, scales, to);
  }
#pragma GCC unroll 14
  for (int r = 0; r < kCount; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      sums[r][v].Store(all_sums + (r * kVectors + v) * Int::kLanes);
    }
  }
}

// Gathers the windows of output pixels, one after the other, from an input of X: std::byte or
// int16_t.
template <class X>
class Gatherer {
 public:
  using Element = Dot::Element;

  Gatherer(const Params& params, const X* x, int64_t pixel)
      : dot_(params.layer),
        window_(params.window),
        channels_(params.in_channels),
        x_(x),
        size_(window_.batch * window_.in_h * window_.in_w * channels_),
        zero_(dot_.From(static_cast<X>(params.layer.input_zero))),
        length_(window_.kernel_w * channels_),
        pixel_step_(window_.stride_w * channels_),
        row_step_(window_.dilation_h * window_.in_w * channels_),
        joiner_(dot_, length_),
        joins_(Dot::Joiner::Takes(window_.kernel_h, length_)),
        pixel_(pixel),
        column_(pixel % window_.out_w),
        line_(pixel / window_.out_w) {
    // Windows of one pixel each, side by side as they are.
    joined_ = window_.kernel_h * window_.kernel_w == 1 &&
              window_.stride_h * window_.stride_w == 1 && window_.pad_top == 0 &&
              window_.pad_left == 0 && window_.out_w == window_.in_w &&
              window_.out_h == window_.in_h && channels_ % Dot::kGroup == 0;
    SetLine();
  }

  // The windows of the next `count` pixels, `stride` elements apart. What is between them, and up
  // to kChunk elements beyond, is rubbish, to be multiplied by zeros.
  void Next(int64_t count, int64_t stride, Element* to) {
    if (joined_) {
      Copy(x_ + pixel_ * channels_, count * channels_, to);
      pixel_ += count;
      return;
    }
    for (int64_t r = 0; r < count; ++r, to += stride) {
      const bool whole = column_ >= first_whole_ && column_ < last_whole_;
      whole ? WholeWindow(to) : EdgeWindow(to);
      if (++column_ < window_.out_w) continue;
      column_ = 0;
      ++line_;
      SetLine();
    }
  }

 private:
  // Which columns of a row of pixels have windows that are in the picture, as well as what whole
  // chunks read beyond them.
  [[gnu::noinline]] void SetLine() {
    top_ = line_ % window_.out_h * window_.stride_h - window_.pad_top;
    picture_ = line_ / window_.out_h * window_.in_h;
    start_ = ((picture_ + top_) * window_.in_w - window_.pad_left) * channels_;
    const int64_t height = (window_.kernel_h - 1) * window_.dilation_h;
    const int64_t chunks = (length_ + Dot::kChunk - 1) / Dot::kChunk * Dot::kChunk;
    const int64_t reach = (window_.kernel_h - 1) * row_step_ + chunks;
    const int64_t columns = window_.in_w + window_.pad_left - window_.kernel_w;
    first_whole_ = (window_.pad_left + window_.stride_w - 1) / window_.stride_w;
    last_whole_ = 0;
    if (top_ < 0 || top_ + height >= window_.in_h || window_.dilation_w != 1) return;
    if (columns < 0 || size_ < start_ + reach) return;
    const int64_t in_memory = (size_ - start_ - reach) / pixel_step_;
    const int64_t in_row = columns / window_.stride_w;
    last_whole_ = 1 + (in_memory < in_row ? in_memory : in_row);
  }

  void WholeWindow(Element* to) const {
    const X* row = x_ + start_ + column_ * pixel_step_;
    if (joins_) return joiner_(row, row_step_, to);
    const int64_t step = row_step_, length = length_;
    for (int64_t u = window_.kernel_h; u > 0; --u, row += step, to += length) {
      dot_.Gather(row, to);
      for (int64_t i = Dot::kChunk; i < length; i += Dot::kChunk) dot_.Gather(row + i, to + i);
    }
  }

  // With zeros outside of the picture.
  [[gnu::noinline]] void EdgeWindow(Element* to) const {
    const int64_t left = column_ * window_.stride_w - window_.pad_left;
    for (int64_t u = 0; u < window_.kernel_h; ++u) {
      const int64_t y = top_ + u * window_.dilation_h;
      const bool in_picture = y >= 0 && y < window_.in_h;
      for (int64_t v = 0; v < window_.kernel_w; ++v) {
        const int64_t column = left + v * window_.dilation_w;
        const bool inside = in_picture && column >= 0 && column < window_.in_w;
        const int64_t pixel = (picture_ + y) * window_.in_w + column;
        to = inside ? Copy(x_ + pixel * channels_, channels_, to) : Fill(channels_, to);
      }
    }
  }

  [[gnu::noinline]] Element* Copy(const X* x, int64_t count, Element* to) const {
    const X* end = x_ + size_;
    int64_t i = 0;
    for (; i < count && end - (x + i) >= Dot::kChunk; i += Dot::kChunk) {
      dot_.Gather(x + i, to + i);
    }
    for (; i < count; ++i) to[i] = dot_.From(x[i]);
    return to + count;
  }

  Element* Fill(int64_t count, Element* to) const {
    for (int64_t i = 0; i < count; ++i) to[i] = zero_;
    return to + count;
  }

  const Dot dot_;
  const Window& window_;
  const int64_t channels_;
  const X* x_;
  const int64_t size_;
  const Element zero_;
  const int64_t length_;                 // of a row of a window, in elements
  const int64_t pixel_step_, row_step_;  // from window to window, and from row to row of one
  const Dot::Joiner joiner_;
  const bool joins_;
  bool joined_;
  int64_t pixel_, column_, line_;             // the next pixel; counted through rows and batch
  int64_t top_, picture_, start_;             // of the windows of this line
  int64_t first_whole_ = 0, last_whole_ = 0;  // columns
};

// A panel is whole, or has one vector.
template <int kRows, int kVectors = 2>
struct Tile {
  using Element = Dot::Element;
  static constexpr int kHalf = kRows / 2;
  static constexpr int kFew = kHalf < 4 ? kHalf : 4;

  // Of `left` pixels those that a tile takes. Few are computed among others that nobody reads.
  static int64_t Take(int64_t left) {
    if (left >= kRows - kHalf / 3) return left < kRows ? left : kRows;
    return left < kHalf ? left : kHalf;
  }

  template <int kWide>
  static constexpr auto SumOf(int64_t count) {
    return count == 1       ? Sum<kWide, 1>
           : count <= kFew  ? Sum<kWide, kFew>
           : count <= kHalf ? Sum<kWide, kHalf>
                            : Sum<kWide, kRows>;
  }

  template <class X>
  static void Run(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                  const Block& block) {
    constexpr int64_t kWidth = Int::kLanes * kVectors;
    const Window& window = params.window;
    const int64_t depth = window.kernel_h * window.kernel_w * params.in_channels;
    const int64_t groups = (depth + Dot::kGroup - 1) / Dot::kGroup;
    const int64_t stride = groups * Dot::kGroup;
    const bool reals = params.layer.requantization.rounding == Rounding::kToReals;
    const int64_t size = reals ? sizeof(float) : sizeof(X);  // of an element of y
    const int64_t panel_bytes =
        kWidth * (kPanelHeadBytes + stride * static_cast<int64_t>(sizeof(typename Dot::Weight)));
    const Dot dot(params.layer);
    const ByteRequantizer requantizer(params.layer);
    const ByteRequantizer* const fused =
        ByteRequantizer::Takes(params.layer) ? &requantizer : nullptr;
    const bool has_offsets = Dot::kOffsets && dot.moved != 0;
    Gatherer<X> gatherer(params, reinterpret_cast<const X*>(x), block.first_pixel);
    alignas(64) Element gathered[kRows * (kMostDepth + Dot::kGroup) + Dot::kChunk];
    alignas(64) int32_t sums[kRows * kWidth];
    int32_t offsets[kRows] = {};
    for (int64_t pixel = block.first_pixel, count = 0; pixel < block.last_pixel; pixel += count) {
      count = Take(block.last_pixel - pixel);
      gatherer.Next(count, stride, gathered);
      if (has_offsets) {
        for (int64_t r = 0; r < count; ++r) offsets[r] = dot.Offset(gathered + r * stride, depth);
      }
      for (int64_t panel = block.first_panel; panel < block.last_panel; ++panel) {
        const int64_t channel = panel * kWidth;
        const int64_t columns = params.out_channels - channel;
        const bool narrow = columns <= kWidth - Int::kLanes;
        const std::byte* weights = packed + panel * panel_bytes;
        std::byte* to = y + (pixel * params.out_channels + channel) * size;
        const Results results = {to, params.out_channels, count, columns};
        (narrow ? SumOf<1>(count) : SumOf<kVectors>(count))(gathered, stride, groups,
                                                            has_offsets ? offsets : nullptr,
                                                            weights, fused, results, sums);
        if (fused != nullptr) continue;
        const SumRows rows = {.sums = sums,
                              .rows = count,
                              .width = narrow ? Int::kLanes : kWidth,
                              .head = reinterpret_cast<const int32_t*>(weights),
                              .stride = params.out_channels,
                              .columns = columns};
        RequantizeSums(params.layer.requantization, rows, to);
      }
    }
  }
};
