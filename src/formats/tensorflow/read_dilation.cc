// SpaceToBatchND and BatchToSpaceND around a convolution: TensorFlow's spelling of a dilated one.
//
// The picture, padded by p, is dealt out into a batch of pictures by rows and columns modulo the
// block; the convolution over each of them touches every block-th pixel of the padded one; the
// results are put together again and cropped by c. Cropped zeros were none to begin with, so it is
// a convolution dilated by the block, with p − c zeros on each side.
#include "formats/tensorflow/operators.h"

namespace goldcrest::formats::tensorflow {
namespace {

// Of height and width; `counts` has before and after of each.
struct Blocks {
  std::vector<int64_t> block;
  std::vector<int64_t> counts;
};

Result<Blocks> BlocksOf(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(3, 3));
  GOLDCREST_TRY(std::vector<int64_t> block, c.NumbersOf(1));
  GOLDCREST_TRY(Integers counts, c.IntegersOf(2));
  if (block.size() != 2 || counts.shape != tensor::Shape{2, 2}) {
    return Fail(ErrorCode::kUnsupported, "blocks of ", block.size(),
                " dimensions; those of height and width are read");
  }
  for (int64_t count : counts.elements) {
    if (IsUnknown(count)) {
      return Fail(ErrorCode::kUnsupported, "its counts depend on a size that the graph leaves ",
                  "open; state it with --input-shapes");
    }
  }
  return Blocks{std::move(block), std::move(counts.elements)};
}

Status NoDilation() {
  return Fail(ErrorCode::kUnsupported,
              "stands for no dilated convolution: SpaceToBatchND, Conv2D or DepthwiseConv2dNative "
              "of stride 1 and padding VALID, perhaps BiasAdd, and BatchToSpaceND are one");
}

}  // namespace

Made ImportSpaceToBatch(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(3, 3));
  return SpaceInBatches{};
}

Made ImportBatchToSpace(NodeContext& c) {
  GOLDCREST_TRY(const Blocks to, BlocksOf(c));
  std::optional<NodeContext> bias;
  NodeContext convolution = c.Producer(0);
  if (convolution.Is("BiasAdd")) {
    GOLDCREST_RETURN_IF_ERROR(convolution.ExpectInputs(2, 2));
    bias.emplace(convolution);
    convolution = bias->Producer(0);
  }
  const bool known = convolution.Is("Conv2D") || convolution.Is("DepthwiseConv2dNative");
  if (!known || convolution.input_count() != 2 || !convolution.Producer(0).Is("SpaceToBatchND")) {
    return std::unexpected(NoDilation().error());
  }
  GOLDCREST_TRY(graph::ConvolutionAttributes op, ConvolutionOf(convolution));
  NodeContext space = convolution.Producer(0);
  GOLDCREST_TRY(const Blocks from, BlocksOf(space));
  const bool plain = op.stride_h == 1 && op.stride_w == 1 && op.dilation_h == 1 &&
                     op.dilation_w == 1 && op.padding.kind == graph::PaddingKind::kValid;
  if (!plain || from.block != to.block) return std::unexpected(NoDilation().error());
  for (size_t i = 0; i < 4; ++i) {
    if (to.counts[i] < 0 || from.counts[i] < to.counts[i]) {
      return Fail(ErrorCode::kUnsupported, "crops more than SpaceToBatchND has put around");
    }
  }
  op.dilation_h = to.block[0];
  op.dilation_w = to.block[1];
  op.padding = {graph::PaddingKind::kExplicit, from.counts[0] - to.counts[0],
                from.counts[1] - to.counts[1], from.counts[2] - to.counts[2],
                from.counts[3] - to.counts[3]};
  GOLDCREST_TRY(const graph::ValueId x, space.Value(0));
  GOLDCREST_TRY(Operand made, AddConvolution(convolution, x, op));
  if (!bias) return made;
  GOLDCREST_TRY(const graph::ValueId addend, bias->Value(1));
  graph::Node& node = c.graph().nodes.back();
  if (!bias->IsFloats(1) || c.ShapeOf(addend) != tensor::Shape{c.ShapeOf(node.output).back()}) {
    return Invalid("the bias of '", bias->name(), "' has the shape ",
                   tensor::ToString(c.ShapeOf(addend)));
  }
  node.inputs.push_back(addend);
  c.graph().value(node.output).name = bias->name();
  return made;
}

}  // namespace goldcrest::formats::tensorflow
