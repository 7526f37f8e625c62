// Pictures of another size, and pixels that become channels.
#include "formats/tensorflow/operators.h"

namespace goldcrest::formats::tensorflow {
namespace {

using graph::ValueId;

Result<int64_t> BlockOf(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_RETURN_IF_ERROR(c.attributes().ExpectChannelsLast());
  return c.attributes().Integer("block_size", 0);
}

}  // namespace

Made ImportResize(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(2, 2));
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  GOLDCREST_TRY(const auto size, c.NumbersOf(1));
  if (size.size() != 2) return Invalid("its size has ", size.size(), " numbers");
  graph::ResizeAttributes op{.height = size[0], .width = size[1]};
  GOLDCREST_TRY(op.align_corners, c.attributes().Flag("align_corners", false));
  GOLDCREST_TRY(op.half_pixel_centers, c.attributes().Flag("half_pixel_centers", false));
  if (c.Is("ResizeBilinear")) return c.Add(graph::ResizeBilinear{op}, {x});
  return c.Add(graph::ResizeNearest{op}, {x});
}

Made ImportSpaceToDepth(NodeContext& c) {
  GOLDCREST_TRY(const int64_t block, BlockOf(c));
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  return c.Add(graph::SpaceToDepth{block}, {x});
}

Made ImportDepthToSpace(NodeContext& c) {
  GOLDCREST_TRY(const int64_t block, BlockOf(c));
  GOLDCREST_TRY(const ValueId x, c.Value(0));
  return c.Add(graph::DepthToSpace{block}, {x});
}

}  // namespace goldcrest::formats::tensorflow
