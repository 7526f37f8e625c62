#include <immintrin.h>

#include "gradients/conv_weights/conv_weights.h"
#include "kernels/conv/conv.h"

namespace goldcrest::gradients::conv_weights {
namespace {

#include "kernels/vec_avx512.h"

#include "kernels/pairs_avx512bf16.h"

#include "gradients/conv_weights/conv_weights-inl.h"

// A pair is an element of two pixels that follow each other. Inputs and gradients of a block of
// pixels are rounded once for many tiles, into panels: of each pair of pixels kPanel elements side
// by side, all pairs of a panel one behind the other.
constexpr int64_t kPanel = Vec::kLanes;
constexpr int64_t kPixelPairs = kBlockPixels / 2;
constexpr int64_t kMostPanels = 16;

struct Panels {
  Pair pairs[kMostPanels][kPixelPairs][kPanel];

  // Elements [first, last) of each of `count` pixels; pixel(p) is where they begin.
  template <class Pixel>
  void Fill(const Pixel& pixel, int64_t count, int64_t first, int64_t last) {
    for (int64_t e = first, panel = 0; e < last; e += kPanel, ++panel) {
      const int64_t width = last - e < kPanel ? last - e : kPanel;
      auto load = [&](const float* p) {
        return width == kPanel ? Vec::Load(p + e) : Vec::LoadPartial(p + e, width);
      };
      for (int64_t p = 0; p < count; p += 2) {
        const Vec second = p + 1 < count ? load(pixel(p + 1)) : Vec::Broadcast(0);
        Interleave(load(pixel(p)), second).Store(pairs[panel][p / 2]);
      }
    }
  }
};

// kDepth elements from element `first` of a panel of inputs on, by kVectors panels of gradients.
// `columns` output channels are there; sums of an element lie `stride` from those of the next.
template <int kDepth, int kVectors>
void SumPairs(const Pair (*inputs)[kPanel], int64_t first, const Pair (*gradients)[kPanel],
              int64_t pairs, float* sums, int64_t stride, int64_t columns) {
  Vec acc[kDepth][kVectors] = {};
  for (int64_t p = 0; p < pairs; ++p) {
    Pairs g[kVectors];
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) g[v] = Pairs::Load(gradients[v * kPixelPairs + p]);
#pragma GCC unroll 8
    for (int d = 0; d < kDepth; ++d) {
      const Pairs input = Pairs::Broadcast(inputs[p][first + d]);
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) acc[d][v] = AddProducts(acc[d][v], input, g[v]);
    }
  }
#pragma GCC unroll 8
  for (int d = 0; d < kDepth; ++d) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      float* to = sums + d * stride + v * kPanel;
      const int64_t left = columns - v * kPanel;
      if (left >= kPanel) {
        (Vec::Load(to) + acc[d][v]).Store(to);
      } else {
        (Vec::LoadPartial(to, left) + acc[d][v]).StorePartial(to, left);
      }
    }
  }
}

// `depth` elements of a panel of inputs, by one or two panels of gradients.
template <int kVectors>
void SumPanel(const Pair (*inputs)[kPanel], int64_t depth, const Pair (*gradients)[kPanel],
              int64_t pairs, float* sums, int64_t stride, int64_t columns) {
  int64_t e = 0;
  for (; e + 8 <= depth; e += 8) {
    SumPairs<8, kVectors>(inputs, e, gradients, pairs, sums + e * stride, stride, columns);
  }
  for (; e + 2 <= depth; e += 2) {
    SumPairs<2, kVectors>(inputs, e, gradients, pairs, sums + e * stride, stride, columns);
  }
  if (e < depth) {
    SumPairs<1, kVectors>(inputs, e, gradients, pairs, sums + e * stride, stride, columns);
  }
}

// Elements [first, last) of a run by the output channels [0, columns) of a group; `sums` is that of
// element `first` and the group's first channel.
void SumGroup(const Panels& inputs, int64_t first, int64_t last, const Panels& gradients,
              int64_t columns, int64_t pairs, float* sums, int64_t stride) {
  for (int64_t o = 0; o < columns; o += 2 * kPanel) {
    const Pair(*g)[kPanel] = gradients.pairs[o / kPanel];
    for (int64_t e = first; e < last; e += kPanel) {
      const Pair(*x)[kPanel] = inputs.pairs[(e - first) / kPanel];
      const int64_t depth = last - e < kPanel ? last - e : kPanel;
      float* to = sums + (e - first) * stride + o;
      if (columns - o > kPanel) {
        SumPanel<2>(x, depth, g, pairs, to, stride, columns - o);
      } else {
        SumPanel<1>(x, depth, g, pairs, to, stride, columns - o);
      }
    }
  }
}

}  // namespace

void RunAvx512Bf16(const Params& params, const float* x, const float* dy, float* sums,
                   const Block& block) noexcept {
  constexpr int64_t kGroup = kMostPanels * kPanel;
  const int64_t outputs = params.out_channels;
  const int64_t length =
      params.joined ? params.window.kernel_w * params.in_channels : params.in_channels;
  const float* pixels[kBlockPixels];
  for (const float*& pixel : pixels) pixel = kernels::conv::kZeros;
  float copies[kBlockPixels * kMostJoined];
  Panels inputs;
  Panels gradients;
  for (int64_t first = block.first_pixel; first < block.last_pixel; first += kBlockPixels) {
    const int64_t end = first + kBlockPixels;
    const int64_t last = end < block.last_pixel ? end : block.last_pixel;
    const int64_t pairs = (last - first + 1) / 2;
    for (int64_t o = 0; o < outputs; o += kGroup) {
      const int64_t columns = outputs - o < kGroup ? outputs - o : kGroup;
      gradients.Fill([&](int64_t p) { return dy + (first + p) * outputs + o; }, last - first, 0,
                     columns);
      for (int64_t run = block.first_run; run < block.last_run; ++run) {
        Locate(params, x, first, last, run, pixels, copies);
        for (int64_t e = block.first_element; e < block.last_element; e += kGroup) {
          const int64_t e_end = e + kGroup < block.last_element ? e + kGroup : block.last_element;
          inputs.Fill([&](int64_t p) { return pixels[p]; }, last - first, e, e_end);
          SumGroup(inputs, e, e_end, gradients, columns, pairs,
                   sums + (run * length + e) * outputs + o, outputs);
        }
      }
    }
  }
}

}  // namespace goldcrest::gradients::conv_weights
