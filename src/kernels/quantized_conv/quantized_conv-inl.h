// The convolution of bytes over a tile of kRows pixels by kVectors vectors of output channels.
// Included, after requantize-inl.h, inside the anonymous namespace of a file compiled for one
// instruction set, which has a vector Int of sums and a Dot that adds products to it:
//
//   Element      what a gathered byte of the input is held as
//   Weight       what a weight is packed as
//   kGroup       elements of the window that are multiplied at once
//   From(x)      an Element of a byte
//   Load(w)      a vector's weights for one group
//   Broadcast(a) one group of a pixel, for all channels
//   Add(sums, a, w)
//
// The windows of a tile's pixels are gathered, side by side, once for all panels of output
// channels. Only plain members of Params are used: its functions could be emitted here with
// instructions that not every machine has, and be kept by the linker for all.

// kCount pixels by kVectors vectors of output channels; `a` has `groups` groups of each pixel,
// `stride` elements apart. The sums of pixel r go to sums + r · kVectors · Int::kLanes.
template <int kVectors, int kCount>
void Sum(const Dot::Element* a, int64_t stride, int64_t groups, const std::byte* panel,
         int32_t* out) {
  constexpr int64_t kWidth = Int::kLanes * kVectors;
  const auto* bias = reinterpret_cast<const int32_t*>(panel);
  const auto* weights = reinterpret_cast<const Dot::Weight*>(panel + kWidth * kPanelHeadBytes);
  Int sums[kCount][kVectors];
  for (int v = 0; v < kVectors; ++v) {
    const Int start = Int::Load(bias + v * Int::kLanes);
#pragma GCC unroll 8
    for (int r = 0; r < kCount; ++r) sums[r][v] = start;
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

template <int kRows, int kVectors>
struct Tile {
  using Element = Dot::Element;
  static constexpr int kHalf = kRows / 2;

  // `count` pixels of kRows by `vectors` of kVectors; `columns` of the channels are there. Few
  // pixels at a picture's end are computed among others that nobody reads.
  static void Panel(int count, int vectors, const Params& params, const Element* a, int64_t stride,
                    int64_t groups, const std::byte* panel, std::byte* y, int64_t columns) {
    alignas(64) int32_t sums[kRows * kVectors * Int::kLanes];
    const bool narrow = vectors < kVectors;
    const auto sum = count == 1       ? narrow ? Sum<1, 1> : Sum<kVectors, 1>
                           : count <= kHalf ? narrow ? Sum<1, kHalf> : Sum<kVectors, kHalf>
                           : narrow ? Sum<1, kRows>
                                      : Sum<kVectors, kRows>;
    sum(a, stride, groups, panel, sums);
    const Requantizer requantizer(params.layer.requantization);
    const int64_t width = vectors * Int::kLanes;
    const auto* head = reinterpret_cast<const int32_t*>(panel);
    for (int r = 0; r < count; ++r) {
      for (int64_t i = 0; i < width; i += Int::kLanes) {
        requantizer.Store(Int::Load(sums + r * width + i), head + i, width,
                          y + r * params.out_channels + i, columns - i);
      }
    }
  }

  template <class X>
  static Element* Copy(const X* x, int64_t count, Element* to) {
    for (int64_t i = 0; i < count; ++i) to[i] = Dot::From(x[i]);
    return to + count;
  }

  static Element* Fill(Element zero, int64_t count, Element* to) {
    for (int64_t i = 0; i < count; ++i) to[i] = zero;
    return to + count;
  }

  // The window of output pixel `pixel`, with `zero` outside of the picture.
  template <class X>
  static void Gather(const Params& params, const X* x, int64_t pixel, Element zero, Element* to) {
    const Window& a = params.window;
    const int64_t channels = params.in_channels;
    const int64_t column = pixel % a.out_w * a.stride_w - a.pad_left;
    const int64_t line = pixel / a.out_w;
    const int64_t row = line % a.out_h * a.stride_h - a.pad_top;
    const X* picture = x + line / a.out_h * a.in_h * a.in_w * channels;
    const bool joined = a.dilation_w == 1 && column >= 0 && column + a.kernel_w <= a.in_w;
    for (int64_t u = 0; u < a.kernel_h; ++u) {
      const int64_t in_row = row + u * a.dilation_h;
      if (in_row < 0 || in_row >= a.in_h) {
        to = Fill(zero, a.kernel_w * channels, to);
        continue;
      }
      const X* start = picture + in_row * a.in_w * channels;
      if (joined) {
        to = Copy(start + column * channels, a.kernel_w * channels, to);
        continue;
      }
      for (int64_t v = 0; v < a.kernel_w; ++v) {
        const int64_t in_column = column + v * a.dilation_w;
        const bool inside = in_column >= 0 && in_column < a.in_w;
        to = inside ? Copy(start + in_column * channels, channels, to) : Fill(zero, channels, to);
      }
    }
  }

  template <class X>
  static void Run(const Params& params, const X* x, const std::byte* packed, std::byte* y,
                  const Block& block) {
    constexpr int64_t kWidth = Int::kLanes * kVectors;
    const Window& window = params.window;
    const int64_t depth = window.kernel_h * window.kernel_w * params.in_channels;
    const int64_t groups = (depth + Dot::kGroup - 1) / Dot::kGroup;
    const int64_t stride = groups * Dot::kGroup;
    const int64_t panel_bytes =
        kWidth * (kPanelHeadBytes + stride * static_cast<int64_t>(sizeof(typename Dot::Weight)));
    const Element zero = Dot::From(static_cast<X>(params.layer.input_zero));
    alignas(64) Element gathered[kRows * (kMostDepth + Dot::kGroup)];
    for (int64_t pixel = block.first_pixel; pixel < block.last_pixel; pixel += kRows) {
      const int64_t left = block.last_pixel - pixel;
      const int count = left < kRows ? static_cast<int>(left) : kRows;
      for (int r = 0; r < count; ++r) {
        Element* to = gathered + r * stride;
        Gather(params, x, pixel + r, zero, to);
        Fill(zero, stride - depth, to + depth);
      }
      for (int64_t panel = block.first_panel; panel < block.last_panel; ++panel) {
        const int64_t channel = panel * kWidth;
        const int64_t columns = params.out_channels - channel;
        const int vectors = columns >= kWidth
                                ? kVectors
                                : static_cast<int>((columns + Int::kLanes - 1) / Int::kLanes);
        Panel(count, vectors, params, gathered, stride, groups, packed + panel * panel_bytes,
              y + pixel * params.out_channels + channel, columns);
      }
    }
  }
};

template <int kRows, int kVectors>
void RunTiles(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
              const Block& block) {
  if (params.layer.input == tensor::DType::kUInt8) {
    Tile<kRows, kVectors>::Run(params, reinterpret_cast<const uint8_t*>(x), packed, y, block);
  } else {
    Tile<kRows, kVectors>::Run(params, reinterpret_cast<const int8_t*>(x), packed, y, block);
  }
}
