// The order of dimensions: pictures are NHWC in a graph and NCHW in ONNX.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "tensor/shape.h"

namespace goldcrest::formats::onnx {

enum class Layout : uint8_t {
  kPlain,          // as the graph has it
  kChannelsFirst,  // of four dimensions: the last one moved to the second place
};

// Which dimension of the source is at each place of the result.
using Permutation = std::vector<int64_t>;
inline const Permutation kToChannelsFirst = {0, 3, 1, 2};
inline const Permutation kToChannelsLast = {0, 2, 3, 1};

// In `layout`, the shape of what the graph says has `shape`.
tensor::Shape ShapeIn(Layout layout, const tensor::Shape& shape);

// Where the graph's dimension `axis` lies.
int64_t AxisIn(Layout layout, int64_t axis);

// Whether the elements have the same order in both layouts: one channel, or one pixel.
bool SameOrder(const tensor::Shape& shape);

// The elements of a tensor, of `size` bytes each, with its dimensions in another order.
std::vector<std::byte> Permuted(std::span<const std::byte> elements, size_t size,
                                const tensor::Shape& shape, const Permutation& permutation);

}  // namespace goldcrest::formats::onnx
