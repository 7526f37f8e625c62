// What a layer must do at least, and what its parts count.
#pragma once

#include <algorithm>

#include "kernels/convolution_grid.h"
#include "roofline/roofline.h"
#include "rows/layers.h"

namespace goldcrest::bench {

inline int64_t CountOf(const tensor::Shape& shape) {
  return tensor::ElementCount(shape).value_or(0);
}

// With `products` multiply-adds an output element; an element has one byte or is a float, biases
// too.
inline roofline::Work WorkOf(const Layer& layer, int64_t products, roofline::Factors factors) {
  const int64_t element = factors == roofline::Factors::kInt8 ? 1 : sizeof(float);
  roofline::Work work{.multiply_adds = CountOf(layer.output) * products,
                      .factors = factors,
                      .bytes_written = CountOf(layer.output) * element};
  for (size_t i = 0; i < layer.inputs.size(); ++i) {
    const bool halved = i > 0 && factors == roofline::Factors::kBfloat16;  // weights
    work.bytes_read += CountOf(layer.inputs[i]) * element / (halved ? 2 : 1);
  }
  return work;
}

// Calls run(block) for all of a convolution, cut as networks are.
template <class Block, class Row, class Params, class Run>
void ForEachBlock(const Row& row, const Params& params, int64_t weight_bytes, const Run& run) {
  const kernels::Grid grid = kernels::MakeGrid({.pixels = params.pixels(),
                                                .tile_pixels = row.tile_pixels,
                                                .channels = params.out_channels,
                                                .panel_width = row.panel_width(params),
                                                .depth = params.taps() * params.in_channels,
                                                .weight_bytes = weight_bytes});
  for (int64_t chunk = 0; chunk < grid.chunks(); ++chunk) run(grid.BlockOf<Block>(chunk));
}

}  // namespace goldcrest::bench
