#include "formats/onnx/absorbed_pad.h"

namespace goldcrest::formats::onnx {
namespace {

const graph::ConvolutionAttributes* ConvolutionOf(const graph::Op& op) {
  if (const auto* conv = std::get_if<graph::Conv2D>(&op)) return conv;
  return std::get_if<graph::DepthwiseConv2D>(&op);
}

}  // namespace

const graph::Node* AbsorbedPad(const graph::Graph& graph, std::span<const int32_t> producers,
                               const graph::Node& node) {
  const graph::ConvolutionAttributes* convolution = ConvolutionOf(node.op);
  if (convolution == nullptr || convolution->padding.kind == graph::PaddingKind::kSame) {
    return nullptr;
  }
  const int32_t producer = producers[static_cast<size_t>(node.inputs[0])];
  if (producer < 0) return nullptr;
  const graph::Node& before = graph.nodes[static_cast<size_t>(producer)];
  const auto* pad = std::get_if<graph::Pad>(&before.op);
  if (pad == nullptr || pad->before.size() != 4) return nullptr;
  const bool spatial =
      pad->before[0] == 0 && pad->after[0] == 0 && pad->before[3] == 0 && pad->after[3] == 0;
  const bool same_scale =
      graph.value(before.inputs[0]).quantization == graph.value(before.output).quantization;
  return spatial && same_scale ? &before : nullptr;
}

}  // namespace goldcrest::formats::onnx
