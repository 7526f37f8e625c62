// Tall tiles, of kTallRows pixels, for convolutions with few products of an output: the fewer tiles
// there are, the less often sums are begun, clamped and stored. Where there are 32 registers;
// included by conv-inl.h.

constexpr int kTallRows = 14;

// Of a tile: `depth` elements each, which begin `stride` elements apart.
template <class Element>
struct Pixels {
  const Element* first;
  int64_t stride, depth;
};

// kVectors whole vectors V of output channels; y is the first output of the first pixel. `panel` is
// bias and weights.
template <class P, class V, int kVectors>
void ComputeTall(const Params& params, const Pixels<typename P::Element>& pixels,
                 const float* panel, float* y) {
  constexpr int64_t kWidth = int64_t{V::kLanes} * kVectors;
  V sums[kTallRows][kVectors];
#pragma GCC unroll 2
  for (int v = 0; v < kVectors; ++v) {
    const V bias = V::Load(panel + v * V::kLanes);
#pragma GCC unroll 14
    for (int r = 0; r < kTallRows; ++r) sums[r][v] = bias;
  }
  const auto* weights = reinterpret_cast<const typename P::Element*>(panel + kWidth);
  // Two pointers, that few steps from them have to be kept in registers.
  constexpr int kHalf = kTallRows / 2;
  const int64_t stride = pixels.stride;
  const typename P::Element* a = pixels.first;
  const typename P::Element* b = a + kHalf * stride;
  for (int64_t i = pixels.depth; i > 0; --i, ++a, ++b, weights += kWidth) {
    decltype(P::Load(weights)) w[kVectors];
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) w[v] = P::Load(weights + v * V::kLanes);
#pragma GCC unroll 14
    for (int r = 0; r < kTallRows; ++r) {
      const auto input = P::Broadcast(r < kHalf ? a[r * stride] : b[(r - kHalf) * stride]);
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) sums[r][v] = P::MulAdd(sums[r][v], input, w[v]);
    }
  }
  const V low = V::Broadcast(params.clamp.low);
  const V high = V::Broadcast(params.clamp.high);
#pragma GCC unroll 14
  for (int r = 0; r < kTallRows; ++r, y += params.out_channels) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) sums[r][v].ClampTo(low, high).Store(y + v * V::kLanes);
  }
}

// A panel of up to two vectors, which ends in a Narrow where that has fewer lanes: `columns` are a
// multiple of its lanes.
template <template <class> class Products, class Narrow>
void ComputeTallPanel(const Params& params, const Pixels<typename Products<Vec>::Element>& pixels,
                      const float* panel, float* y, int64_t columns) {
  if (columns >= 2 * Vec::kLanes) {
    return ComputeTall<Products<Vec>, Vec, 2>(params, pixels, panel, y);
  }
  const int64_t done = columns / Vec::kLanes * Vec::kLanes;
  if (done > 0) ComputeTall<Products<Vec>, Vec, 1>(params, pixels, panel, y);
  if (done == columns) return;
  ComputeTall<Products<Narrow>, Narrow, 1>(params, pixels, panel + done * (pixels.depth + 1),
                                           y + done);
}
