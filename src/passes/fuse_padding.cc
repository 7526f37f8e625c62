// Zeros around a picture that only a convolution reads become the convolution's own padding.
#include "passes/edit.h"
#include "passes/passes.h"

namespace goldcrest::passes {
namespace {

// Pads nothing but height and width of an NHWC picture.
bool IsSpatial(const graph::Pad& pad) {
  return pad.before.size() == 4 && pad.before[0] == 0 && pad.after[0] == 0 && pad.before[3] == 0 &&
         pad.after[3] == 0;
}

graph::ConvolutionAttributes* Attributes(graph::Op& op) {
  if (auto* conv = std::get_if<graph::Conv2D>(&op)) return conv;
  return std::get_if<graph::DepthwiseConv2D>(&op);
}

}  // namespace

int FusePadding(graph::Graph& graph) {
  const Uses uses(graph);
  std::vector<bool> remove(graph.nodes.size(), false);
  for (graph::Node& node : graph.nodes) {
    graph::ConvolutionAttributes* conv = Attributes(node.op);
    if (conv == nullptr || conv->padding.kind == graph::PaddingKind::kSame) continue;
    int32_t at = uses.OnlyProducer(node.inputs[0]);
    if (at < 0) continue;
    const graph::Node& producer = graph.nodes[static_cast<size_t>(at)];
    const auto* pad = std::get_if<graph::Pad>(&producer.op);
    if (pad == nullptr || !IsSpatial(*pad)) continue;
    if (!SameQuantization(graph, producer.inputs[0], producer.output)) continue;
    graph::Padding& padding = conv->padding;
    padding.kind = graph::PaddingKind::kExplicit;
    padding.top += pad->before[1];
    padding.bottom += pad->after[1];
    padding.left += pad->before[2];
    padding.right += pad->after[2];
    node.inputs[0] = producer.inputs[0];
    remove[static_cast<size_t>(at)] = true;
  }
  return RemoveNodes(graph, remove);
}

}  // namespace goldcrest::passes
