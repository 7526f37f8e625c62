// The gradient of weights over a vector type Vec. Included inside the anonymous namespace of a file
// compiled for one instruction set.
//
// A tile keeps kDepth · kVectors sums in registers, kDepth elements of one run by kVectors
// vectors of output channels, while it walks the pixels: each adds the product of a broadcast input
// and a vector of the output's gradient. Both are read side by side as they lie. Pixels are taken
// in blocks that stay in the cache for all tiles.
//
// Only plain members of Params are used: its functions could be emitted here with instructions that
// not every machine has, and be kept by the linker for all.

constexpr int64_t kBlockPixels = 128;

// `count` pixels: inputs[p] + offset is the first of kDepth elements, gradients lie `stride` apart.
// `columns` output channels are there.
template <class V, int kDepth, int kVectors>
void Sum(const float* const* inputs, int64_t offset, int64_t count, const float* dy, int64_t stride,
         float* sums, int64_t columns) {
  V acc[kDepth][kVectors];
  const int64_t left = columns - (kVectors - 1) * V::kLanes;  // of the last vector
  const bool whole = left >= V::kLanes;
#pragma GCC unroll 8
  for (int d = 0; d < kDepth; ++d) {
#pragma GCC unroll 3
    for (int v = 0; v < kVectors; ++v) acc[d][v] = V::Broadcast(0);
  }
  auto walk = [&](auto load_last) {
    for (int64_t p = 0; p < count; ++p, dy += stride) {
      const float* x = inputs[p] + offset;
      V g[kVectors];
#pragma GCC unroll 3
      for (int v = 0; v + 1 < kVectors; ++v) g[v] = V::Load(dy + v * V::kLanes);
      g[kVectors - 1] = load_last(dy + (kVectors - 1) * V::kLanes);
#pragma GCC unroll 8
      for (int d = 0; d < kDepth; ++d) {
        const V input = V::Broadcast(x[d]);
#pragma GCC unroll 3
        for (int v = 0; v < kVectors; ++v) acc[d][v] = acc[d][v].MulAdd(input, g[v]);
      }
    }
  };
  if (whole) {
    walk([](const float* p) { return V::Load(p); });
  } else {
    walk([left](const float* p) { return V::LoadPartial(p, left); });
  }
#pragma GCC unroll 8
  for (int d = 0; d < kDepth; ++d) {
#pragma GCC unroll 3
    for (int v = 0; v < kVectors; ++v) {
      float* to = sums + d * stride + v * V::kLanes;
      if (v + 1 < kVectors || whole) {
        (V::Load(to) + acc[d][v]).Store(to);
      } else {
        (V::LoadPartial(to, left) + acc[d][v]).StorePartial(to, left);
      }
    }
  }
}

// kDepth channels or fewer.
template <class V, int kDepth, int kVectors>
void SumDepth(int64_t depth, const float* const* inputs, int64_t offset, int64_t count,
              const float* dy, int64_t stride, float* sums, int64_t columns) {
  if constexpr (kDepth > 0) {
    if (depth == kDepth) {
      return Sum<V, kDepth, kVectors>(inputs, offset, count, dy, stride, sums, columns);
    }
    SumDepth<V, kDepth - 1, kVectors>(depth, inputs, offset, count, dy, stride, sums, columns);
  }
}

// Run `run` of the windows of the output pixels [first, last); those of joined runs that reach over
// the edge are copied.
inline void Locate(const Params& params, const float* x, int64_t first, int64_t last, int64_t run,
                   const float** inputs, float* copies) {
  const kernels::Window& a = params.window;
  const int64_t channels = params.in_channels;
  const int64_t u = params.joined ? run : run / a.kernel_w;
  const int64_t v = params.joined ? 0 : run % a.kernel_w;
  const int64_t width = params.joined ? a.kernel_w : 1;
  for (int64_t p = first; p < last;) {
    const int64_t row = p / a.out_w;
    const int64_t begin = p % a.out_w;
    const int64_t end = begin + last - p < a.out_w ? begin + last - p : a.out_w;
    const int64_t y = row % a.out_h * a.stride_h - a.pad_top + u * a.dilation_h;
    const bool inside = y >= 0 && y < a.in_h;
    const float* line = x + (row / a.out_h * a.in_h + y) * a.in_w * channels;
    for (int64_t column = begin; column < end; ++column, ++inputs) {
      const int64_t z = column * a.stride_w - a.pad_left + v * a.dilation_w;
      if (!inside || z + width <= 0 || z >= a.in_w) {
        *inputs = kernels::conv::kZeros;
      } else if (z >= 0 && z + width <= a.in_w) {
        *inputs = line + z * channels;
      } else {
        *inputs = copies;
        for (int64_t i = z; i < z + width; ++i) {
          const bool there = i >= 0 && i < a.in_w;
          for (int64_t c = 0; c < channels; ++c) *copies++ = there ? line[i * channels + c] : 0;
        }
      }
    }
    p += end - begin;
  }
}

// Two vectors of gradients at a time; Narrow serves few output channels.
template <int kDepth, class Narrow>
void Run(const Params& params, const float* x, const float* dy, float* sums, const Block& block) {
  const int64_t outputs = params.out_channels;
  const int64_t length =
      params.joined ? params.window.kernel_w * params.in_channels : params.in_channels;
  const float* inputs[kBlockPixels];
  float copies[kBlockPixels * kMostJoined];
  for (int64_t first = block.first_pixel; first < block.last_pixel; first += kBlockPixels) {
    const int64_t end = first + kBlockPixels;
    const int64_t last = end < block.last_pixel ? end : block.last_pixel;
    for (int64_t run = block.first_run; run < block.last_run; ++run) {
      Locate(params, x, first, last, run, inputs, copies);
      for (int64_t o = 0; o < outputs;) {
        const int64_t left = outputs - o;
        const int64_t wide = int64_t{Vec::kLanes} * 2;
        const int64_t taken = left > Vec::kLanes      ? (left < wide ? left : wide)
                              : left > Narrow::kLanes ? (left < Vec::kLanes ? left : Vec::kLanes)
                                                      : left;
        for (int64_t c = block.first_element; c < block.last_element; c += kDepth) {
          const int64_t depth = c + kDepth <= block.last_element ? kDepth : block.last_element - c;
          float* to = sums + (run * length + c) * outputs + o;
          const float* from = dy + first * outputs + o;
          if (left > Vec::kLanes) {
            SumDepth<Vec, kDepth, 2>(depth, inputs, c, last - first, from, outputs, to, taken);
          } else if (left > Narrow::kLanes) {
            SumDepth<Vec, kDepth, 1>(depth, inputs, c, last - first, from, outputs, to, taken);
          } else {
            SumDepth<Narrow, kDepth, 1>(depth, inputs, c, last - first, from, outputs, to, taken);
          }
        }
        o += taken;
      }
    }
  }
}
