#include "formats/onnx/layout.h"

#include <algorithm>
#include <cstring>

namespace goldcrest::formats::onnx {

tensor::Shape ShapeIn(Layout layout, const tensor::Shape& shape) {
  if (layout == Layout::kPlain) return shape;
  return {shape[0], shape[3], shape[1], shape[2]};
}

int64_t AxisIn(Layout layout, int64_t axis) {
  if (layout == Layout::kPlain) return axis;
  return std::ranges::find(kToChannelsFirst, axis) - kToChannelsFirst.begin();
}

bool SameOrder(const tensor::Shape& shape) {
  return shape.size() != 4 || shape[3] == 1 || (shape[1] == 1 && shape[2] == 1);
}

std::vector<std::byte> Permuted(std::span<const std::byte> elements, size_t size,
                                const tensor::Shape& shape, const Permutation& permutation) {
  const size_t rank = shape.size();
  // How far apart neighbours along each dimension of the result lie in the source.
  std::vector<size_t> steps(rank, size);
  for (size_t i = 0; i < rank; ++i) {
    for (size_t d = static_cast<size_t>(permutation[i]) + 1; d < rank; ++d) {
      steps[i] *= static_cast<size_t>(shape[d]);
    }
  }
  std::vector<std::byte> result(elements.size());
  std::vector<int64_t> at(rank, 0);
  size_t source = 0;
  for (size_t to = 0; to < result.size(); to += size) {
    std::memcpy(&result[to], &elements[source], size);
    for (size_t i = rank; i-- > 0;) {
      source += steps[i];
      if (++at[i] < shape[static_cast<size_t>(permutation[i])]) break;
      source -= steps[i] * static_cast<size_t>(at[i]);
      at[i] = 0;
    }
  }
  return result;
}

}  // namespace goldcrest::formats::onnx
