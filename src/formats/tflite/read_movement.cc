// Operators that put pixels elsewhere, and resizes.
#include "formats/tflite/read_operators.h"

namespace goldcrest::formats::tflite {
namespace {

// Block sizes and what is around, of pictures.
Status ReadBlocks(const FileOperator& in, const graph::Graph& graph, const char* around,
                  graph::BlockAttributes& op) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 3, 3));
  GOLDCREST_TRY(auto blocks, ConstantIntegers(graph, in.inputs[1], "the block"));
  GOLDCREST_TRY(auto counts, ConstantIntegers(graph, in.inputs[2], around));
  if (blocks.size() != 2 || counts.size() != 4 || graph.value(in.inputs[0]).shape.size() != 4) {
    return Fail(ErrorCode::kUnsupported, "blocks of anything but height and width of pictures");
  }
  op.block_h = blocks[0];
  op.block_w = blocks[1];
  op.top = counts[0];
  op.bottom = counts[1];
  op.left = counts[2];
  op.right = counts[3];
  return {};
}

template <class Op, class Options>
Status ReadResize(const Options* options, const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  if (options == nullptr) return MissingOptions();
  GOLDCREST_TRY(auto size, ConstantIntegers(graph, in.inputs[1], "the size"));
  if (size.size() != 2) return Invalid("the size has ", size.size(), " elements");
  Op op;
  op.height = size[0];
  op.width = size[1];
  op.align_corners = options->align_corners();
  op.half_pixel_centers = options->half_pixel_centers();
  Append(graph, op, in, 1);
  return {};
}

template <class Op, class Options>
Status ReadBlock(const Options* options, const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  if (options == nullptr) return MissingOptions();
  Append(graph, Op{options->block_size()}, in, 1);
  return {};
}

}  // namespace

Status ReadTranspose(const FileOperator& in, graph::Graph& graph) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 2, 2));
  graph::Transpose op;
  GOLDCREST_TRY(op.permutation, ConstantIntegers(graph, in.inputs[1], "the permutation"));
  const size_t rank = graph.value(in.inputs[0]).shape.size();
  for (int64_t& axis : op.permutation) {
    GOLDCREST_TRY(axis, ReadAxis(axis, rank));
  }
  Append(graph, std::move(op), in, 1);
  return {};
}

Status ReadSpaceToDepth(const FileOperator& in, graph::Graph& graph) {
  return ReadBlock<graph::SpaceToDepth>(in.op.builtin_options_as_SpaceToDepthOptions(), in, graph);
}

Status ReadDepthToSpace(const FileOperator& in, graph::Graph& graph) {
  return ReadBlock<graph::DepthToSpace>(in.op.builtin_options_as_DepthToSpaceOptions(), in, graph);
}

Status ReadSpaceToBatch(const FileOperator& in, graph::Graph& graph) {
  graph::SpaceToBatch op;
  GOLDCREST_RETURN_IF_ERROR(ReadBlocks(in, graph, "the padding", op));
  Append(graph, op, in, 1);
  return {};
}

Status ReadBatchToSpace(const FileOperator& in, graph::Graph& graph) {
  graph::BatchToSpace op;
  GOLDCREST_RETURN_IF_ERROR(ReadBlocks(in, graph, "the crops", op));
  Append(graph, op, in, 1);
  return {};
}

Status ReadResizeBilinear(const FileOperator& in, graph::Graph& graph) {
  return ReadResize<graph::ResizeBilinear>(in.op.builtin_options_as_ResizeBilinearOptions(), in,
                                           graph);
}

Status ReadResizeNearest(const FileOperator& in, graph::Graph& graph) {
  return ReadResize<graph::ResizeNearest>(in.op.builtin_options_as_ResizeNearestNeighborOptions(),
                                          in, graph);
}

}  // namespace goldcrest::formats::tflite
