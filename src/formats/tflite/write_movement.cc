// Operators that put pixels elsewhere, and resizes.
#include "formats/tflite/write_operators.h"

namespace goldcrest::formats::tflite {
namespace {

using schema::BuiltinOperator;
using schema::BuiltinOptions;

// x, the block and what is around.
std::vector<int32_t> BlockInputs(const graph::BlockAttributes& op, const char* around,
                                 const Context& c) {
  const int64_t block[] = {op.block_h, op.block_w};
  const int64_t counts[] = {op.top, op.bottom, op.left, op.right};
  return {c.node.inputs[0], AddIntegers(c, "/block", block),
          AddIntegers(c, around, counts, {2, 2})};
}

std::vector<int32_t> ResizeInputs(const graph::ResizeAttributes& op, const Context& c) {
  const int64_t size[] = {op.height, op.width};
  return {c.node.inputs[0], AddIntegers(c, "/size", size)};
}

}  // namespace

Status Write(const graph::Transpose& op, const Context& c) {
  c.Put(BuiltinOperator::TRANSPOSE,
        {c.node.inputs[0], AddIntegers(c, "/permutation", op.permutation)},
        BuiltinOptions::TransposeOptions, schema::CreateTransposeOptions(c.builder()).Union());
  return {};
}

Status Write(const graph::SpaceToDepth& op, const Context& c) {
  auto options = schema::CreateSpaceToDepthOptions(c.builder(), static_cast<int>(op.block));
  c.Put(BuiltinOperator::SPACE_TO_DEPTH, c.node.inputs, BuiltinOptions::SpaceToDepthOptions,
        options.Union());
  return {};
}

Status Write(const graph::DepthToSpace& op, const Context& c) {
  auto options = schema::CreateDepthToSpaceOptions(c.builder(), static_cast<int>(op.block));
  c.Put(BuiltinOperator::DEPTH_TO_SPACE, c.node.inputs, BuiltinOptions::DepthToSpaceOptions,
        options.Union());
  return {};
}

Status Write(const graph::SpaceToBatch& op, const Context& c) {
  c.Put(BuiltinOperator::SPACE_TO_BATCH_ND, BlockInputs(op, "/paddings", c),
        BuiltinOptions::SpaceToBatchNDOptions,
        schema::CreateSpaceToBatchNDOptions(c.builder()).Union());
  return {};
}

Status Write(const graph::BatchToSpace& op, const Context& c) {
  c.Put(BuiltinOperator::BATCH_TO_SPACE_ND, BlockInputs(op, "/crops", c),
        BuiltinOptions::BatchToSpaceNDOptions,
        schema::CreateBatchToSpaceNDOptions(c.builder()).Union());
  return {};
}

Status Write(const graph::ResizeBilinear& op, const Context& c) {
  auto options =
      schema::CreateResizeBilinearOptions(c.builder(), op.align_corners, op.half_pixel_centers);
  c.Put(BuiltinOperator::RESIZE_BILINEAR, ResizeInputs(op, c),
        BuiltinOptions::ResizeBilinearOptions, options.Union());
  return {};
}

Status Write(const graph::ResizeNearest& op, const Context& c) {
  auto options = schema::CreateResizeNearestNeighborOptions(c.builder(), op.align_corners,
                                                            op.half_pixel_centers);
  c.Put(BuiltinOperator::RESIZE_NEAREST_NEIGHBOR, ResizeInputs(op, c),
        BuiltinOptions::ResizeNearestNeighborOptions, options.Union());
  return {};
}

}  // namespace goldcrest::formats::tflite
