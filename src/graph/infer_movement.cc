// Operators that put pixels elsewhere, and resizes.
#include <utility>

#include "graph/infer_rules.h"

namespace goldcrest::graph {
namespace {

using tensor::Shape;

Status ExpectPicture(Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  return ExpectRank("the input", *in[0], 4);
}

Status ExpectBlock(int64_t block) {
  if (block >= 1 && block <= kLargestDimension) return {};
  return Invalid("has a block of ", block);
}

Status ExpectBlocks(const BlockAttributes& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectPicture(in));
  GOLDCREST_RETURN_IF_ERROR(ExpectBlock(op.block_h));
  GOLDCREST_RETURN_IF_ERROR(ExpectBlock(op.block_w));
  for (int64_t n : {op.top, op.bottom, op.left, op.right}) {
    if (n < 0 || n > kLargestDimension) return Invalid("has ", n, " rows or columns around");
  }
  return {};
}

// A product of dimensions and blocks, unknown where the dimension is; too large a one is capped
// above what a dimension may be, which InferShapes refuses.
int64_t Times(int64_t dimension, int64_t a, int64_t b = 1) {
  if (dimension < 0) return -1;
  int64_t product = 0;
  const bool fits = !__builtin_mul_overflow(dimension, a, &product) &&
                    !__builtin_mul_overflow(product, b, &product);
  return fits ? product : kLargestDimension + 1;
}

Inferred InferResize(const ResizeAttributes& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectPicture(in));
  const Shape& from = in[0]->shape;
  for (int64_t n : {op.height, op.width}) {
    if (n < 1 || n > kLargestDimension) return Invalid("makes a picture of ", n);
  }
  if (from[1] == 0 || from[2] == 0) return Invalid("the input has no pixels");
  return Facts{in[0]->dtype, {from[0], op.height, op.width, from[3]}};
}

}  // namespace

Inferred Infer(const Transpose& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  const Shape& from = in[0]->shape;
  std::vector<bool> used(from.size(), false);
  Shape shape;
  for (int64_t d : op.permutation) {
    const bool there = d >= 0 && d < static_cast<int64_t>(from.size());
    if (!there || used[static_cast<size_t>(d)]) break;
    used[static_cast<size_t>(d)] = true;
    shape.push_back(from[static_cast<size_t>(d)]);
  }
  if (shape.size() != from.size() || op.permutation.size() != from.size()) {
    return Invalid("is no permutation of ", from.size(),
                   " dimensions: ", tensor::ToString(op.permutation));
  }
  return Facts{in[0]->dtype, std::move(shape)};
}

Inferred Infer(const SpaceToDepth& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectPicture(in));
  GOLDCREST_RETURN_IF_ERROR(ExpectBlock(op.block));
  Shape shape = in[0]->shape;
  for (size_t d = 1; d <= 2; ++d) {
    if (shape[d] >= 0 && shape[d] % op.block != 0) {
      return Invalid("blocks of ", op.block, " do not divide ", shape[d]);
    }
    shape[d] = shape[d] < 0 ? -1 : shape[d] / op.block;
  }
  shape[3] = Times(shape[3], op.block, op.block);
  return Facts{in[0]->dtype, std::move(shape)};
}

Inferred Infer(const DepthToSpace& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectPicture(in));
  GOLDCREST_RETURN_IF_ERROR(ExpectBlock(op.block));
  Shape shape = in[0]->shape;
  const int64_t pixels = Times(op.block, op.block);
  if (shape[3] < 0 || shape[3] % pixels != 0) {
    return Invalid(shape[3], " channels are no blocks of ", op.block);
  }
  return Facts{in[0]->dtype,
               {shape[0], Times(shape[1], op.block), Times(shape[2], op.block), shape[3] / pixels}};
}

Inferred Infer(const SpaceToBatch& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectBlocks(op, in));
  Shape shape = in[0]->shape;
  auto divide = [](int64_t& size, int64_t around, int64_t block) {
    if (size < 0) return true;
    size += around;
    const bool even = size % block == 0;
    size /= block;
    return even;
  };
  if (!divide(shape[1], op.top + op.bottom, op.block_h) ||
      !divide(shape[2], op.left + op.right, op.block_w)) {
    return Invalid("blocks of ", op.block_h, " x ", op.block_w, " do not divide ",
                   tensor::ToString(in[0]->shape), " with what is around");
  }
  shape[0] = Times(shape[0], op.block_h, op.block_w);
  return Facts{in[0]->dtype, std::move(shape)};
}

Inferred Infer(const BatchToSpace& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectBlocks(op, in));
  Shape shape = in[0]->shape;
  const int64_t pictures = Times(op.block_h, op.block_w);
  if (shape[0] >= 0 && shape[0] % pictures != 0) {
    return Invalid("a batch of ", shape[0], " is no ", pictures, " pictures each");
  }
  shape[0] = shape[0] < 0 ? -1 : shape[0] / pictures;
  auto crop = [](int64_t& size, int64_t block, int64_t around) {
    if (size < 0) return true;
    size = Times(size, block) - around;
    return size >= 0;
  };
  if (!crop(shape[1], op.block_h, op.top + op.bottom) ||
      !crop(shape[2], op.block_w, op.left + op.right)) {
    return Invalid("crops more than there is of ", tensor::ToString(in[0]->shape));
  }
  return Facts{in[0]->dtype, std::move(shape)};
}

Inferred Infer(const ResizeBilinear& op, Inputs in) { return InferResize(op, in); }
Inferred Infer(const ResizeNearest& op, Inputs in) { return InferResize(op, in); }

}  // namespace goldcrest::graph
